// Search in sparse tables, as src/index/kernel/sparse-search.ts does it: step by step for all tables, with prefetch.
#pragma once
#include "tables.hpp"

class SparseSearcher final : public Searcher {
 public:
  explicit SparseSearcher(const Index& index)
      : Searcher(index), mask_(index.numberBytes == 3 ? 0xffffffu : 0xffffffffu), found_(16384), slots_(32768), rows_(32768), lists_(32768) {}

  uint32_t search(const uint8_t* query, uint32_t radius) override {
    take(query);
    prefetchGroups();
    noteGroups();
    listSlots();
    keepClose();
    sortSlots();
    gatherLists();
    return verify(rows_.data(), rowCount_, radius);
  }

 private:
  struct Found {
    uint32_t group;
    uint64_t buckets;
  };

  struct Slot {
    uint32_t place;
    int turned;
  };

  struct List {
    const uint8_t* at;
    uint32_t table;
    int left;
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
      const uint32_t chunk = chunkOf(table);
      for (; k < ends_[i]; k++) {
        const uint64_t occupied = longWord(table.groups + 8 * size_t(found_[k].group));
        const uint32_t first = word(table.ranks + 4 * size_t(found_[k].group));
        for (uint64_t left = found_[k].buckets; left != 0; left &= left - 1) {
          const uint32_t before = uint32_t(__builtin_popcountll(occupied & ((left & -left) - 1)));
          const uint32_t bucket = found_[k].group << groupBits | uint32_t(__builtin_ctzll(left));
          slots_[out] = {first + before, __builtin_popcount(chunk ^ bucket)};
          __builtin_prefetch(table.next + 2 * size_t(slots_[out++].place));
        }
      }
      ends_[i] = out;
    }
  }

  uint32_t numberAt(const uint8_t* at) const { return word(at) & mask_; }

  void keepClose() {
    size_t out = 0;
    for (size_t i = 0, k = 0; i < index_.tables.size(); i++) {
      const Table& table = index_.tables[i];
      const uint32_t next = nextOf(query_, table);
      for (; k < ends_[i]; k++) {
        const uint32_t own = halfWord(table.next + 2 * size_t(slots_[k].place));
        slots_[out] = slots_[k];
        out += (__builtin_popcount(own ^ next) + slots_[k].turned <= table.limit) | (own == severalFlag);
      }
      ends_[i] = out;
    }
    for (size_t i = 0, k = 0; i < index_.tables.size(); i++) {
      for (; k < ends_[i]; k++) __builtin_prefetch(index_.tables[i].slots + slots_[k].place * size_t(index_.numberBytes));
    }
  }

  void sortSlots() {
    size_t rows = 0, lists = 0;
    for (size_t i = 0, k = 0; i < index_.tables.size(); i++) {
      const Table& table = index_.tables[i];
      for (; k < ends_[i]; k++) {
        const uint32_t number = numberAt(table.slots + slots_[k].place * size_t(index_.numberBytes));
        if (halfWord(table.next + 2 * size_t(slots_[k].place)) == severalFlag) {
          lists_[lists] = {table.lists + number * size_t(index_.numberBytes + 2), uint32_t(i), table.limit - slots_[k].turned};
          __builtin_prefetch(lists_[lists++].at);
        } else {
          rows_[rows++] = number | uint32_t(i << rowBits);
          __builtin_prefetch(index_.heads + 16 * size_t(number));
        }
      }
    }
    rowCount_ = rows;
    listCount_ = lists;
  }

  void gatherLists() {
    const size_t bytes = index_.numberBytes + 2;
    for (size_t k = 0; k < listCount_; k++) {
      const List& list = lists_[k];
      const uint32_t count = numberAt(list.at), next = nextOf(query_, index_.tables[list.table]);
      if (rowCount_ + count >= rows_.size()) rows_.resize(2 * (rowCount_ + count));
      for (uint32_t n = 1; n <= count; n++) {
        const uint8_t* record = list.at + n * bytes;
        rows_[rowCount_] = numberAt(record) | list.table << rowBits;
        rowCount_ += __builtin_popcount(halfWord(record + index_.numberBytes) ^ next) <= list.left;
      }
    }
  }

  const uint32_t mask_;
  std::vector<Found> found_;
  std::vector<Slot> slots_;
  std::vector<uint32_t> rows_;
  std::vector<List> lists_;
  size_t ends_[16] = {}, rowCount_ = 0, listCount_ = 0;
};
