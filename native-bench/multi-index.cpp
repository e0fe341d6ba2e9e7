// The floor of the index's search: the same tables and the same algorithm as src/index/kernel/search.ts, native, with prefetch.
// usage: multi-index PART QUERIES RADIUS PASSES    (queries: 32 permuted bytes each; prints one JSON line)
#include "image.hpp"
#include "timing.hpp"

namespace {

struct Table {
  uint32_t position, width, masks;
  int flips;
  const uint8_t *offsets, *bitmap, *ranks, *rowNumbers;
  const uint32_t* mask;
};

struct Index {
  uint32_t rows, rowNumberBytes;
  bool ranked;
  const uint8_t *heads, *tails;
  std::vector<Table> tables;
};

struct Range {
  uint32_t start, end;
};

uint32_t masksOf(uint32_t width, int flips) {
  uint32_t masks = 0, ways = 1;
  for (int turned = 0; turned <= flips; turned++) {
    masks += ways;
    ways = ways * (width - uint32_t(turned)) / uint32_t(turned + 1);
  }
  return masks;
}

Index describe(const uint8_t* image, int radius) {
  Index index{word(image + hRows), word(image + hRowNumberBytes), word(image + hRanked) != 0, image + word(image + hHeads), image + word(image + hTails), {}};
  const int count = int(word(image + hTables));
  for (int i = 0; i < count; i++) {
    const uint8_t* at = image + hTable + size_t(i) * tableBytes;
    const int flips = (radius + 1) / count - (i < (radius + 1) % count ? 0 : 1);
    const uint32_t width = word(at + tWidth);
    index.tables.push_back({word(at + tPosition), width, masksOf(width, flips), flips, image + word(at + tOffsets), image + word(at + tBitmap),
                            image + word(at + tRanks), image + word(at + tRowNumbers), reinterpret_cast<const uint32_t*>(image + word(at + tMasks))});
  }
  return index;
}

uint32_t bitsAt(const uint8_t* value, uint32_t position, uint32_t width) {
  return (word(value + position / 8) >> (position % 8)) & ((1u << width) - 1);
}

constexpr size_t ahead = 24;

class Searcher {
 public:
  explicit Searcher(const Index& index) : index_(index), ranges_(32768), buckets_(32768) {}

  uint32_t search(const uint8_t* query, uint32_t radius) {
    memcpy(query_, query, 32);
    uint32_t hits = 0;
    for (size_t i = 0; i < index_.tables.size(); i++) {
      const Table& table = index_.tables[i];
      if (table.flips < 0) continue;
      const size_t ranges = index_.ranked ? probeRanked(table) : probePlain(table);
      gather(table, ranges);
      hits += verify(i, radius);
    }
    return hits;
  }

 private:
  size_t probePlain(const Table& table) {
    const uint32_t chunk = bitsAt(query_, table.position, table.width);
    for (uint32_t k = 0; k < std::min<uint32_t>(ahead, table.masks); k++) __builtin_prefetch(table.offsets + 4 * size_t(chunk ^ table.mask[k]));
    size_t out = 0;
    for (uint32_t k = 0; k < table.masks; k++) {
      if (k + ahead < table.masks) __builtin_prefetch(table.offsets + 4 * size_t(chunk ^ table.mask[k + ahead]));
      memcpy(&ranges_[out], table.offsets + 4 * size_t(chunk ^ table.mask[k]), sizeof(Range));
      out += ranges_[out].start != ranges_[out].end;
    }
    return out;
  }

  size_t probeRanked(const Table& table) {
    const uint32_t chunk = bitsAt(query_, table.position, table.width);
    size_t occupied = 0;
    for (uint32_t k = 0; k < table.masks; k++) {
      if (k + ahead < table.masks) __builtin_prefetch(table.bitmap + (chunk ^ table.mask[k + ahead]) / 8);
      const uint32_t bucket = chunk ^ table.mask[k];
      buckets_[occupied] = bucket;
      occupied += (table.bitmap[bucket / 8] >> (bucket % 8)) & 1;
    }
    for (size_t k = 0; k < occupied; k++) __builtin_prefetch(table.ranks + 4 * size_t(buckets_[k] / 64));
    for (size_t k = 0; k < occupied; k++) {
      const uint32_t bucket = buckets_[k];
      const uint64_t before = longWord(table.bitmap + 8 * size_t(bucket / 64)) & ((uint64_t(1) << (bucket % 64)) - 1);
      buckets_[k] = word(table.ranks + 4 * size_t(bucket / 64)) + uint32_t(__builtin_popcountll(before));
      __builtin_prefetch(table.offsets + 4 * size_t(buckets_[k]));
    }
    for (size_t k = 0; k < occupied; k++) memcpy(&ranges_[k], table.offsets + 4 * size_t(buckets_[k]), sizeof(Range));
    return occupied;
  }

  void gather(const Table& table, size_t ranges) {
    rows_.clear();
    const uint32_t mask = index_.rowNumberBytes == 3 ? 0xffffffu : 0xffffffffu;
    for (size_t k = 0; k < std::min(ahead, ranges); k++) __builtin_prefetch(table.rowNumbers + size_t(ranges_[k].start) * index_.rowNumberBytes);
    for (size_t k = 0; k < ranges; k++) {
      if (k + ahead < ranges) __builtin_prefetch(table.rowNumbers + size_t(ranges_[k + ahead].start) * index_.rowNumberBytes);
      for (uint32_t at = ranges_[k].start; at < ranges_[k].end; at++) rows_.push_back(word(table.rowNumbers + size_t(at) * index_.rowNumberBytes) & mask);
    }
  }

  uint32_t verify(size_t table, uint32_t radius) {
    const uint64_t query0 = longWord(query_), query1 = longWord(query_ + 8);
    uint32_t hits = 0;
    for (size_t k = 0; k < std::min(ahead, rows_.size()); k++) __builtin_prefetch(index_.heads + 16 * size_t(rows_[k]));
    for (size_t k = 0; k < rows_.size(); k++) {
      if (k + ahead < rows_.size()) __builtin_prefetch(index_.heads + 16 * size_t(rows_[k + ahead]));
      const uint8_t* head = index_.heads + 16 * size_t(rows_[k]);
      const uint32_t half = uint32_t(__builtin_popcountll(longWord(head) ^ query0) + __builtin_popcountll(longWord(head + 8) ^ query1));
      if (half <= radius) hits += isNewHit(rows_[k], table, radius);
    }
    return hits;
  }

  uint32_t isNewHit(uint32_t row, size_t table, uint32_t radius) {
    uint8_t difference[40] = {};
    uint32_t distance = 0;
    for (size_t i = 0; i < 4; i++) {
      const uint8_t* half = (i < 2 ? index_.heads : index_.tails) + 16 * size_t(row);
      const uint64_t bits = longWord(half + 8 * (i % 2)) ^ longWord(query_ + 8 * i);
      memcpy(difference + 8 * i, &bits, 8);
      distance += uint32_t(__builtin_popcountll(bits));
    }
    if (distance > radius) return 0;
    for (size_t i = 0; i < table; i++) {
      const Table& other = index_.tables[i];
      if (__builtin_popcount(bitsAt(difference, other.position, other.width)) <= other.flips) return 0;
    }
    return 1;
  }

  const Index& index_;
  std::vector<Range> ranges_;
  std::vector<uint32_t> buckets_, rows_;
  uint8_t query_[40] = {};
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) return 2;
  size_t imageBytes, queryBytes;
  const uint8_t* image = readWhole(argv[1], imageBytes);
  const uint8_t* queries = readWhole(argv[2], queryBytes);
  const int radius = atoi(argv[3]);
  const Index index = describe(image, radius);
  Searcher searcher(index);
  timeQueries("multi-index", queries, queryBytes / 32, atoi(argv[4]), hugePageMegabytes(), [&](const uint8_t* query) { return searcher.search(query, uint32_t(radius)); });
}
