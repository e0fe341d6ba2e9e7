// Search in plain tables, as src/index/kernel/plain-search.ts does it: table by table, with prefetch.
#pragma once
#include "tables.hpp"

class PlainSearcher final : public Searcher {
 public:
  explicit PlainSearcher(const Index& index) : Searcher(index), ranges_(32768) {}

  uint32_t search(const uint8_t* query, uint32_t radius) override {
    memcpy(query_, query, 32);
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
  };

  size_t probe(const Table& table) {
    const uint32_t chunk = chunkOf(table), masks = table.maskCounts[table.flips];
    for (uint32_t k = 0; k < std::min<uint32_t>(ahead, masks); k++) __builtin_prefetch(table.offsets + 4 * size_t(chunk ^ table.masks[k]));
    size_t out = 0;
    for (uint32_t k = 0; k < masks; k++) {
      if (k + ahead < masks) __builtin_prefetch(table.offsets + 4 * size_t(chunk ^ table.masks[k + ahead]));
      memcpy(&ranges_[out], table.offsets + 4 * size_t(chunk ^ table.masks[k]), sizeof(Range));
      out += ranges_[out].start != ranges_[out].end;
    }
    return out;
  }

  void gather(const Table& table, uint32_t tag, size_t ranges) {
    rows_.clear();
    const size_t bytes = index_.numberBytes;
    const uint32_t mask = bytes == 3 ? 0xffffffu : 0xffffffffu;
    for (size_t k = 0; k < std::min(ahead, ranges); k++) __builtin_prefetch(table.rowNumbers + ranges_[k].start * bytes);
    for (size_t k = 0; k < ranges; k++) {
      if (k + ahead < ranges) __builtin_prefetch(table.rowNumbers + ranges_[k + ahead].start * bytes);
      for (size_t at = ranges_[k].start; at < ranges_[k].end; at++) rows_.push_back((word(table.rowNumbers + at * bytes) & mask) | tag);
    }
  }

  std::vector<Range> ranges_;
  std::vector<uint32_t> rows_;
};
