// Reads a part file of an index snapshot. Offsets as in src/index/kernel/layout.ts.
#pragma once
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>
#include <sys/mman.h>

constexpr size_t hRows = 16, hHeads = 28, hTails = 32, hTables = 52, hNumberBytes = 56, hSparse = 60, hBalls = 96,
                 hTable = 128, tableBytes = 32;
constexpr size_t tPosition = 0, tWidth = 4, tMasks = 8, tOffsets = 12, tRowNumbers = 16, tGroups = 12, tRanks = 16, tSlots = 20, tLists = 24, tNext = 28;
constexpr uint32_t groupBits = 6, plainNextBits = 16, sparseNextBits = 15, severalFlag = 0x8000;

inline uint32_t word(const uint8_t* at) {
  uint32_t value;
  memcpy(&value, at, sizeof value);
  return value;
}

inline uint32_t halfWord(const uint8_t* at) {
  uint16_t value;
  memcpy(&value, at, sizeof value);
  return value;
}

inline uint64_t longWord(const uint8_t* at) {
  uint64_t value;
  memcpy(&value, at, sizeof value);
  return value;
}

// Memory on 2 MB boundaries, with huge pages where the system grants them.
inline uint8_t* hugeMemory(size_t bytes) {
  constexpr size_t huge = size_t(2) << 20;
  bytes = (bytes + huge) / huge * huge;
  void* memory = aligned_alloc(huge, bytes);
  if (memory == nullptr) exit(2);
  madvise(memory, bytes, MADV_HUGEPAGE);
  memset(memory, 0, bytes);
  return static_cast<uint8_t*>(memory);
}

inline uint8_t* readWhole(const char* path, size_t& bytes) {
  FILE* file = fopen(path, "rb");
  if (file == nullptr) {
    perror(path);
    exit(2);
  }
  fseek(file, 0, SEEK_END);
  bytes = size_t(ftell(file));
  rewind(file);
  uint8_t* memory = hugeMemory(bytes + 64);
  if (fread(memory, 1, bytes, file) != bytes) exit(2);
  fclose(file);
  return memory;
}

// Huge pages in use, in MB, as the kernel counts them for this process.
inline long hugePageMegabytes() {
  FILE* file = fopen("/proc/self/smaps_rollup", "r");
  if (file == nullptr) return -1;
  char line[256];
  long kilobytes = -1;
  while (fgets(line, sizeof line, file) != nullptr) sscanf(line, "AnonHugePages: %ld", &kilobytes);
  fclose(file);
  return kilobytes / 1024;
}
