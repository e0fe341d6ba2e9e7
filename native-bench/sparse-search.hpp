// Search in sparse tables, as src/index/kernel/sparse-search.ts does it: step by step for all tables, with prefetch.
#pragma once
#include "tables.hpp"

class SparseSearcher final : public Searcher {
 public:
  explicit SparseSearcher(const Index& index)
      : Searcher(index), flag_(index.numberBytes == 3 ? 0x800000u : 0x80000000u), found_(16384), slots_(32768), rows_(32768), lists_(32768) {}

  uint32_t search(const uint8_t* query, uint32_t radius) override {
    memcpy(query_, query, 32);
    prefetchGroups();
    noteGroups();
    listSlots();
    sortSlots();
    gatherLists();
    return verify(rows_.data(), rowCount_, radius);
  }

 private:
  struct Found {
    uint32_t group;
    uint64_t buckets;
  };

  struct List {
    const uint8_t* at;
    uint32_t tag;
  };

  void prefetchGroups() {
    for (const Table& table : index_.tables) {
      if (table.flips < 0) continue;
      const uint32_t group = chunkOf(table) >> groupBits;
      for (uint32_t k = 0; k < table.maskCounts[table.flips]; k++) __builtin_prefetch(table.groups + 8 * size_t(group ^ table.masks[k]));
    }
  }

  void noteGroups() {
    size_t out = 0;
    for (size_t i = 0; i < index_.tables.size(); i++) {
      const Table& table = index_.tables[i];
      const uint32_t chunk = table.flips < 0 ? 0 : chunkOf(table), group = chunk >> groupBits;
      uint32_t k = 0;
      for (int turned = 0; turned <= table.flips; turned++) {
        const uint64_t ball = longWord(index_.balls + 8 * (size_t(table.flips - turned) * 64 + chunk % 64));
        for (; k < table.maskCounts[turned]; k++) {
          found_[out] = {group ^ table.masks[k], longWord(table.groups + 8 * size_t(group ^ table.masks[k])) & ball};
          out += found_[out].buckets != 0;
        }
      }
      ends_[i] = out;
    }
    for (size_t i = 0, k = 0; i < index_.tables.size(); i++) {
      for (; k < ends_[i]; k++) __builtin_prefetch(index_.tables[i].ranks + 4 * size_t(found_[k].group));
    }
  }

  void listSlots() {
    size_t out = 0;
    for (size_t i = 0, k = 0; i < index_.tables.size(); i++) {
      const Table& table = index_.tables[i];
      for (; k < ends_[i]; k++) {
        const uint64_t occupied = longWord(table.groups + 8 * size_t(found_[k].group));
        const uint32_t first = word(table.ranks + 4 * size_t(found_[k].group));
        for (uint64_t left = found_[k].buckets; left != 0; left &= left - 1) {
          const uint32_t before = uint32_t(__builtin_popcountll(occupied & ((left & -left) - 1)));
          slots_[out] = table.slots + size_t(first + before) * index_.numberBytes;
          __builtin_prefetch(slots_[out++]);
        }
      }
      ends_[i] = out;
    }
  }

  uint32_t numberAt(const uint8_t* at) const { return word(at) & ((flag_ << 1) - 1); }

  void sortSlots() {
    size_t rows = 0, lists = 0;
    for (size_t i = 0, k = 0; i < index_.tables.size(); i++) {
      for (; k < ends_[i]; k++) {
        const uint32_t number = numberAt(slots_[k]);
        const bool isList = number & flag_;
        rows_[rows] = number | uint32_t(i << rowBits);
        rows += !isList;
        lists_[lists] = {index_.tables[i].lists + size_t(number ^ flag_) * index_.numberBytes, uint32_t(i << rowBits)};
        __builtin_prefetch(isList ? lists_[lists].at : index_.heads + 16 * size_t(number));
        lists += isList;
      }
    }
    rowCount_ = rows;
    listCount_ = lists;
  }

  void gatherLists() {
    for (size_t k = 0; k < listCount_; k++) {
      const uint8_t* at = lists_[k].at;
      const uint32_t count = numberAt(at);
      if (rowCount_ + count > rows_.size()) rows_.resize(2 * (rowCount_ + count));
      for (uint32_t n = 1; n <= count; n++) rows_[rowCount_++] = numberAt(at + size_t(n) * index_.numberBytes) | lists_[k].tag;
    }
  }

  const uint32_t flag_;
  std::vector<Found> found_;
  std::vector<const uint8_t*> slots_;
  std::vector<uint32_t> rows_;
  std::vector<List> lists_;
  size_t ends_[16] = {}, rowCount_ = 0, listCount_ = 0;
};
