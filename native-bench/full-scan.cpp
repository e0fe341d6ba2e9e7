// The physical limit of comparing every row: 32-byte rows, AVX2 and, where the processor has it, AVX-512 with VPOPCNTQ.
// usage: full-scan PART QUERIES RADIUS PASSES    (prints one JSON line for each kernel)
#include <immintrin.h>
#include "image.hpp"
#include "timing.hpp"

namespace {

// Bits set in each byte by two table look-ups, summed (Mula, Kurz, Lemire 2018).
__attribute__((target("avx2"))) uint32_t scanAvx2(const uint8_t* rows, size_t count, const uint8_t* query, uint32_t radius) {
  const __m256i table = _mm256_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4, 0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4);
  const __m256i low = _mm256_set1_epi8(15);
  const __m256i asked = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(query));
  uint32_t hits = 0;
  for (size_t i = 0; i < count; i++) {
    const __m256i bits = _mm256_xor_si256(asked, _mm256_load_si256(reinterpret_cast<const __m256i*>(rows + 32 * i)));
    const __m256i ones = _mm256_add_epi8(_mm256_shuffle_epi8(table, _mm256_and_si256(bits, low)),
                                         _mm256_shuffle_epi8(table, _mm256_and_si256(_mm256_srli_epi16(bits, 4), low)));
    const __m256i sums = _mm256_sad_epu8(ones, _mm256_setzero_si256());
    const __m128i pair = _mm_add_epi64(_mm256_castsi256_si128(sums), _mm256_extracti128_si256(sums, 1));
    hits += uint32_t(_mm_cvtsi128_si32(pair) + _mm_extract_epi32(pair, 2)) <= radius;
  }
  return hits;
}

// Two rows at a time.
__attribute__((target("avx512f,avx512vpopcntdq"))) uint32_t scanAvx512(const uint8_t* rows, size_t count, const uint8_t* query, uint32_t radius) {
  const __m512i asked = _mm512_broadcast_i64x4(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(query)));
  uint32_t hits = 0;
  for (size_t i = 0; i < count; i += 2) {
    __m512i sums = _mm512_popcnt_epi64(_mm512_xor_si512(asked, _mm512_load_si512(rows + 32 * i)));
    sums = _mm512_add_epi64(sums, _mm512_permutex_epi64(sums, 0x4e));
    sums = _mm512_add_epi64(sums, _mm512_permutex_epi64(sums, 0xb1));
    const __mmask8 close = _mm512_cmple_epu64_mask(sums, _mm512_set1_epi64(radius));
    hits += uint32_t(close & 1) + uint32_t((close >> 4) & (i + 1 < count));
  }
  return hits;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) return 2;
  size_t imageBytes, queryBytes;
  const uint8_t* image = readWhole(argv[1], imageBytes);
  const uint8_t* queries = readWhole(argv[2], queryBytes);
  const size_t count = word(image + hRows);
  uint8_t* rows = hugeMemory(32 * (count + 2));
  for (size_t i = 0; i < count; i++) {
    memcpy(rows + 32 * i, image + word(image + hHeads) + 16 * i, 16);
    memcpy(rows + 32 * i + 16, image + word(image + hTails) + 16 * i, 16);
  }
  const uint32_t radius = uint32_t(atoi(argv[3]));
  const int passes = atoi(argv[4]);
  const long huge = hugePageMegabytes();
  if (__builtin_cpu_supports("avx2")) {
    timeQueries("scan-avx2", queries, queryBytes / 32, passes, huge, [&](const uint8_t* query) { return scanAvx2(rows, count, query, radius); });
  }
  if (__builtin_cpu_supports("avx512vpopcntdq")) {
    timeQueries("scan-avx512", queries, queryBytes / 32, passes, huge, [&](const uint8_t* query) { return scanAvx512(rows, count, query, radius); });
  }
}
