// Search in plain tables, as src/index/kernel/plain-search.ts does it: table by table, with prefetch.
#pragma once
#include "tables.hpp"

class PlainSearcher final : public Searcher {
 public:
  explicit PlainSearcher(const Index& index) : Searcher(index), ranges_(32768) {}

  uint32_t search(const uint8_t* query, uint32_t radius) override {
    take(query);
    uint32_t hits = 0;
    for (size_t i = 0; i < index_.tables.size(); i++) {
      const Table& table = index_.tables[i];
      if (table.flips < 0) continue;
      gather(table, uint32_t(i << rowBits), probe(table));
      hits += verify(rows_.data(), rows_.size(), radius);
    }
    return hits;
  }

 private:
  struct Range {
    uint32_t start, end;
    int turned;
  };

  size_t probe(const Table& table) {
    const uint32_t chunk = chunkOf(table), masks = table.maskCounts[table.flips];
    for (uint32_t k = 0; k < std::min<uint32_t>(ahead, masks); k++) __builtin_prefetch(table.offsets + 4 * size_t(chunk ^ table.masks[k]));
    size_t out = 0;
    uint32_t k = 0;
    for (int turned = 0; turned <= table.flips; turned++) {
      for (; k < table.maskCounts[turned]; k++) {
        if (k + ahead < masks) __builtin_prefetch(table.offsets + 4 * size_t(chunk ^ table.masks[k + ahead]));
        const uint64_t range = longWord(table.offsets + 4 * size_t(chunk ^ table.masks[k]));
        ranges_[out] = {uint32_t(range), uint32_t(range >> 32), turned};
        out += ranges_[out].start != ranges_[out].end;
      }
    }
    return out;
  }

  void gather(const Table& table, uint32_t tag, size_t ranges) {
    places_.clear();
    const uint32_t next = nextOf(query_, table);
    for (size_t k = 0; k < std::min(ahead, ranges); k++) prefetchNext(table, ranges_[k]);
    for (size_t k = 0; k < ranges; k++) {
      if (k + ahead < ranges) prefetchNext(table, ranges_[k + ahead]);
      const int left = table.limit - ranges_[k].turned;
      for (uint32_t place = ranges_[k].start; place < ranges_[k].end; place++) {
        if (__builtin_popcount(halfWord(table.next + 2 * size_t(place)) ^ next) <= left) places_.push_back(place);
      }
    }
    const size_t bytes = index_.numberBytes;
    const uint32_t mask = bytes == 3 ? 0xffffffu : 0xffffffffu;
    for (uint32_t place : places_) __builtin_prefetch(table.rowNumbers + place * bytes);
    rows_.clear();
    for (uint32_t place : places_) {
      const uint32_t number = word(table.rowNumbers + place * bytes) & mask;
      if (number != mask) rows_.push_back(number | tag);
    }
  }

  static void prefetchNext(const Table& table, const Range& range) { __builtin_prefetch(table.next + 2 * size_t(range.start)); }

  std::vector<Range> ranges_;
  std::vector<uint32_t> places_, rows_;
};
