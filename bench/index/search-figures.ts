import { searchesInProcess, type Dataset, type WrittenSet } from './dataset.js'
import type { SearchFigures } from './figures.js'
import type { NativeFloor, NativeTimes } from './native.js'
import { QueryTimes, warmUp, type Times } from './timing.js'

const checkedQueries = 60
/**
 * Each contender runs this often, in turn, so that other work on the machine hits all of them. Ours and the native floor have a
 * new process each time, and the least median of each is compared: a process that found good places in memory counts on both sides.
 */
const roundsFor = (count: number): number => count > 1e6 ? 3 : 5

const passesFor = (times: { meanUs: number }): number => times.meanUs > 2_000 ? 1 : 3
const p50Of = (times: readonly NativeTimes[], what: NativeTimes['what']): number => times.find((line) => line.what === what)?.p50Us ?? Number.NaN

const least = (values: readonly number[]): number => values.length === 0 ? Number.NaN : Math.min(...values)

/** Share of the first queries whose whole answer, order and all, equals that of comparing every row. */
function recallOf (data: Dataset, radius: number, scan: ReturnType<Dataset['linearScan']>): number {
  const checked = data.queries.slice(0, checkedQueries)
  return checked.filter((query) => JSON.stringify(data.index.search('pdq', query, radius)) === JSON.stringify(scan(query, radius))).length / checked.length
}

/** Searches at one radius beside the native programs and the linear scan, on the same rows and queries. */
export function searchFigures (data: Dataset, files: WrittenSet, native: NativeFloor | undefined, radius: number): SearchFigures {
  const search = (query: Uint8Array): number => data.index.search('pdq', query, radius).length
  const passes = passesFor(warmUp(data.queries, search))
  const scan = data.linearScan()
  const [own, linear, floor] = [[] as Times[], new QueryTimes(data.queries), [] as NativeTimes[]]
  const part = files.parts[0] ?? ''
  for (let round = 0; round < roundsFor(data.count); round++) {
    own.push(searchesInProcess(files, radius, passes))
    if (native !== undefined) floor.push(...native.run('multi-index', part, files.permutedQueries, radius, passes))
    linear.run(1, (query) => scan(query, radius).length)
  }
  const scans = native?.run('full-scan', part, files.permutedQueries, radius, 1) ?? []
  const times = own.reduce((best, run) => run.p50Us < best.p50Us ? run : best)
  return {
    kind: data.kind,
    count: data.count,
    radius,
    own: times,
    meanHits: times.hits / data.queries.length,
    nativeP50Us: least(floor.map(({ p50Us }) => p50Us)),
    nativeHugePagesMb: least(floor.map(({ hugePagesMb }) => hugePagesMb)),
    linear: linear.times(),
    avx2P50Us: p50Of(scans, 'scan-avx2'),
    avx512P50Us: p50Of(scans, 'scan-avx512'),
    recall: recallOf(data, radius, scan)
  }
}
