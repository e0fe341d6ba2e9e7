// The floor of the index's search: the same tables and the same algorithm as src/index/kernel/search.ts, native, with prefetch.
// usage: multi-index PART QUERIES RADIUS PASSES    (queries: 32 permuted bytes each; prints one JSON line)
#include <memory>
#include "plain-search.hpp"
#include "sparse-search.hpp"
#include "timing.hpp"

int main(int argc, char** argv) {
  if (argc != 5) return 2;
  size_t imageBytes, queryBytes;
  const uint8_t* image = readWhole(argv[1], imageBytes);
  const uint8_t* queries = readWhole(argv[2], queryBytes);
  const int radius = atoi(argv[3]);
  const Index index = describe(image, radius);
  std::unique_ptr<Searcher> searcher;
  if (index.sparse) searcher = std::make_unique<SparseSearcher>(index);
  else searcher = std::make_unique<PlainSearcher>(index);
  timeQueries("multi-index", queries, queryBytes / 32, atoi(argv[4]), hugePageMegabytes(), [&](const uint8_t* query) { return searcher->search(query, uint32_t(radius)); });
}
