// The search tables of a part, and what both kinds of them share: rows that were gathered are compared, each hit counts once.
#pragma once
#include <algorithm>
#include "image.hpp"

struct Table {
  uint32_t position, width, nextBits;
  int flips;
  // The most bits turned in the number of the bucket and the next bits, together, of a row that can be within the radius.
  int limit;
  const uint32_t* masks;
  // Masks with at most so many bits.
  uint32_t maskCounts[4];
  // Plain tables: offsets and row numbers. Sparse tables: the others. Both: the next bits.
  const uint8_t *offsets, *rowNumbers, *groups, *ranks, *slots, *lists, *next;
};

struct Index {
  bool sparse;
  uint32_t numberBytes;
  const uint8_t *heads, *tails, *balls;
  std::vector<Table> tables;
};

inline Index describe(const uint8_t* image, int radius) {
  Index index{word(image + hSparse) != 0, word(image + hNumberBytes), image + word(image + hHeads), image + word(image + hTails), image + word(image + hBalls), {}};
  const int count = int(word(image + hTables));
  for (int i = 0; i < count; i++) {
    const uint8_t* at = image + hTable + size_t(i) * tableBytes;
    const auto pointer = [&](size_t field) { return image + word(at + field); };
    const auto flips = [&](int of) { return (radius + 1) / count - (of < (radius + 1) % count ? 0 : 1); };
    Table table{word(at + tPosition), word(at + tWidth), index.sparse ? sparseNextBits : plainNextBits, flips(i), flips(i) + flips((i + 1) % count) + 1,
                reinterpret_cast<const uint32_t*>(pointer(tMasks)), {}, pointer(tOffsets), pointer(tRowNumbers),
                pointer(tGroups), pointer(tRanks), pointer(tSlots), pointer(tLists), pointer(tNext)};
    const uint32_t width = index.sparse ? table.width - groupBits : table.width;
    for (uint32_t turned = 0, ways = 1, masks = 0; turned < 4; ways = ways * (width - turned) / (turned + 1), turned++) table.maskCounts[turned] = masks += ways;
    index.tables.push_back(table);
  }
  return index;
}

inline uint32_t bitsAt(const uint8_t* value, uint32_t position, uint32_t width) {
  return (word(value + position / 8) >> (position % 8)) & ((1u << width) - 1);
}

// The bits behind those of the bucket.
inline uint32_t nextOf(const uint8_t* value, const Table& table) { return bitsAt(value, table.position + table.width, table.nextBits); }

// What is on its way into the cache while other things are looked at.
constexpr size_t ahead = 24;

// A gathered row and the number of the table that gave it: 28 bits and 4.
constexpr uint32_t rowBits = 28, rowMask = (1u << rowBits) - 1;

class Searcher {
 public:
  explicit Searcher(const Index& index) : index_(index) {}
  virtual ~Searcher() = default;
  virtual uint32_t search(const uint8_t* query, uint32_t radius) = 0;

 protected:
  // The query, and its first bits behind its last.
  void take(const uint8_t* query) {
    memcpy(query_, query, 32);
    memcpy(query_ + 32, query, 8);
  }

  uint32_t chunkOf(const Table& table) const { return bitsAt(query_, table.position, table.width); }

  uint32_t verify(const uint32_t* rows, size_t count, uint32_t radius) const {
    const uint64_t query0 = longWord(query_), query1 = longWord(query_ + 8);
    uint32_t hits = 0;
    for (size_t k = 0; k < std::min(ahead, count); k++) __builtin_prefetch(headOf(rows[k]));
    for (size_t k = 0; k < count; k++) {
      if (k + ahead < count) __builtin_prefetch(headOf(rows[k + ahead]));
      const uint8_t* head = headOf(rows[k]);
      const uint32_t half = uint32_t(__builtin_popcountll(longWord(head) ^ query0) + __builtin_popcountll(longWord(head + 8) ^ query1));
      if (half <= radius) hits += isNewHit(rows[k] & rowMask, rows[k] >> rowBits, radius);
    }
    return hits;
  }

  const Index& index_;
  uint8_t query_[40] = {};

 private:
  const uint8_t* headOf(uint32_t row) const { return index_.heads + 16 * size_t(row & rowMask); }

  uint32_t isNewHit(uint32_t row, size_t table, uint32_t radius) const {
    uint8_t difference[40] = {};
    uint32_t distance = 0;
    for (size_t i = 0; i < 4; i++) {
      const uint8_t* half = (i < 2 ? index_.heads : index_.tails) + 16 * size_t(row);
      const uint64_t bits = longWord(half + 8 * (i % 2)) ^ longWord(query_ + 8 * i);
      memcpy(difference + 8 * i, &bits, 8);
      distance += uint32_t(__builtin_popcountll(bits));
    }
    if (distance > radius) return 0;
    memcpy(difference + 32, difference, 8);
    for (size_t i = 0; i < table; i++) {
      const Table& other = index_.tables[i];
      const int turned = __builtin_popcount(bitsAt(difference, other.position, other.width));
      if (turned <= other.flips && turned + __builtin_popcount(nextOf(difference, other)) <= other.limit) return 0;
    }
    return 1;
  }
};
