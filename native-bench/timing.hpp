// Times a search over all queries: the best of several passes for each query, then percentiles over the queries.
#pragma once
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <vector>

template <typename Search>
void timeQueries(const char* what, const uint8_t* queries, size_t count, int passes, long hugeMegabytes, Search search) {
  std::vector<double> best(count, 1e18);
  uint64_t hits = 0;
  for (int pass = 0; pass < passes; pass++) {
    hits = 0;
    for (size_t i = 0; i < count; i++) {
      const auto start = std::chrono::steady_clock::now();
      hits += search(queries + 32 * i);
      const auto end = std::chrono::steady_clock::now();
      best[i] = std::min(best[i], std::chrono::duration<double, std::micro>(end - start).count());
    }
  }
  std::sort(best.begin(), best.end());
  double sum = 0;
  for (double time : best) sum += time;
  printf("{\"what\":\"%s\",\"p50Us\":%.3f,\"p99Us\":%.3f,\"meanUs\":%.3f,\"hits\":%llu,\"hugePagesMb\":%ld}\n", what, best[count / 2],
         best[count * 99 / 100], sum / double(count), static_cast<unsigned long long>(hits), hugeMegabytes);
}
