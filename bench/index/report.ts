import type { BenchResult, Cell, LinePlot, Table } from '../frame/bench.js'
import type { GateFigures, IndexFigures, SearchFigures, SetFigures } from './figures.js'
import { indexTargets, promisedRadius, ratio } from './targets.js'

/** Entries of an image item with everything that the gate keeps of it: PDQ of the whole, the trimmed and 16 crops, at most. */
const pdqEntriesPerImage = 18
const short = (value: number): string => Number.isFinite(value) ? String(Number(value.toPrecision(3))) : '-'

function searchTable (searches: readonly SearchFigures[]): Table {
  return {
    title: 'Searches',
    note: '"native" is the same search over the same tables in C++ with prefetch and, where the system grants them, huge pages; the AVX scans compare every 32-byte row; "linear" is the product\'s own scan. ' +
      'Ours and the native one start anew for each round, and the round with the least median counts. Percentiles over queries, each the best of its passes; "raw p99" over every pass. Recall is against comparing every row, order and all.',
    columns: [
      'data', 'hashes', 'radius', 'p50 us', 'p99 us', 'raw p99 us', 'searches/s', 'mean hits', 'native p50 us', 'its huge pages, MB', 'p50 / native', 'linear p50 us', 'linear p99 us', 'p99 / linear p99',
      'AVX2 scan p50 us', 'AVX-512 scan p50 us', 'AVX2 / p50', 'recall'
    ],
    rows: searches.map((of): Cell[] => [
      of.kind, of.count, of.radius, of.own.p50Us, of.own.p99Us, of.own.rawP99Us, Math.round(1e6 / of.own.meanUs), of.meanHits, of.nativeP50Us, of.nativeHugePagesMb, ratio(of.own.p50Us, of.nativeP50Us),
      of.linear.p50Us, of.linear.p99Us, ratio(of.own.p99Us, of.linear.p99Us), of.avx2P50Us, of.avx512P50Us, ratio(of.avx2P50Us, of.own.p50Us), of.recall
    ])
  }
}

function setTable (sets: readonly SetFigures[]): Table {
  return {
    title: 'The set: size, start, change',
    note: 'Starts are new processes that read the snapshot: median of 5 with a warm page cache, and once after the files were dropped from it. "SQLite read" walks the same rows in SQLite. ' +
      '"image check" is what one picture asks: three digests and, for two variants, PDQ at 40 upright and at 31 in seven orientations, blockhash at 24. "insert" is from the call of add until another thread, which searches without pause, has found the entry.',
    columns: [
      'data', 'hashes', 'load s', 'tables s', 'bytes/hash', 'image items', 'save s', 'start, first s', 'start, median s', 'start, cold s', 'SQLite read s', 'SQLite / start',
      'image check us', '1 thread/s', '2 threads/s', '2 / 1 per core', 'insert p50 us', 'insert p99 us', 'insert max us', 'merges'
    ],
    rows: sets.map((of): Cell[] => [
      of.kind, of.count, of.importS, of.buildS, of.bytesPerHash, Math.round(of.count / pdqEntriesPerImage), of.saveS, of.start.firstS, of.start.medianS, of.start.coldS,
      of.sqliteReadS, ratio(of.sqliteReadS, of.start.medianS), of.imageCheckUs, Math.round(of.onePerSecond), Math.round(of.twoPerSecond), of.twoToOne, of.insertP50Us, of.insertP99Us,
      of.insertMaxUs, of.merges
    ])
  }
}

function peerTable ({ peers }: IndexFigures): Table {
  return {
    title: 'Approximate search',
    note: 'npm usearch: an HNSW graph over the Hamming distance, the closest one asked for. Recall: queries with a match within 31 bits whose closest one came back.',
    columns: ['data', 'hashes', 'p50 us', 'p99 us', 'recall', 'build s'],
    rows: peers.map(({ kind, count, p50Us, p99Us, recall, buildS }): Cell[] => [kind, count, p50Us, p99Us, recall, buildS])
  }
}

/** One row a figure: there is one gate, or a few. */
function gateTable (gates: readonly GateFigures[]): Table {
  const row = (what: string, of: (gate: GateFigures) => Cell): Cell[] => [what, ...gates.map(of)]
  return {
    title: 'A list through the command line into a gate',
    note: 'A text list of made-up PDQ hashes; the whole program, with its workers and its store, in a process of its own.',
    columns: ['', ...gates.map(({ lines }) => `${lines.toLocaleString('en-US')} lines`)],
    rows: [
      row('import into a running gate, s', ({ runningS }) => runningS),
      row('lines/s', ({ lines, runningS }) => Math.round(lines / runningS)),
      row('slowest answer to a check of one hash meanwhile, ms', ({ checkMsMax }) => checkMsMax),
      row('until the search tables are built, s', ({ settledS }) => settledS),
      row('import into a stopped gate, start and end included, s', ({ stoppedS }) => stoppedS),
      row('the same import again, nothing new, s', ({ repeatS }) => repeatS),
      row('resident memory of the gate, most, MB', ({ residentMbMax }) => Math.round(residentMbMax)),
      row('resident memory of the gate, afterwards, MB', ({ residentMb }) => Math.round(residentMb)),
      row('store, MB', ({ storeMb }) => Math.round(storeMb)),
      row('snapshot, MB', ({ snapshotMb }) => Math.round(snapshotMb)),
      row('an item off the list, ms', ({ removeMs }) => removeMs),
      row('an item on the list, ms', ({ addMs }) => addMs),
      row('killed, start until it has checked 200 hashes, s', ({ killedStartS }) => killedStartS),
      row('the same without a snapshot, s', ({ storeStartS }) => storeStartS),
      row('sample found: as it is and with 8 bits turned, four times', ({ found, asked }) => `${found} of ${asked}`)
    ]
  }
}

function plots ({ searches }: IndexFigures): LinePlot[] {
  const lines: Array<[string, (of: SearchFigures) => number]> = [
    ['Keersluis', ({ own }) => own.p50Us], ['native floor', ({ nativeP50Us }) => nativeP50Us], ['linear scan', ({ linear }) => linear.p50Us], ['AVX2 scan', ({ avx2P50Us }) => avx2P50Us]
  ]
  const plot = (title: string, xLabel: string, chosen: readonly SearchFigures[], x: (of: SearchFigures) => number, logX: boolean): LinePlot => ({
    kind: 'lines',
    title,
    xLabel,
    yLabel: 'microseconds a search, p50',
    logX,
    logY: true,
    series: lines.map(([name, y]) => ({
      name, points: chosen.map((of): [number, number] => [x(of), y(of)]).filter(([, time]) => Number.isFinite(time))
    })).filter(({ points }) => points.length > 1)
  })
  const kind = searches[0]?.kind
  const most = Math.max(...searches.map(({ count }) => count))
  const first = searches.filter((of) => of.kind === kind)
  const found = [
    plot(`Searches by size of the list, ${kind ?? ''} data, radius ${promisedRadius}`, 'known hashes', first.filter(({ radius }) => radius === promisedRadius), ({ count }) => count, true),
    plot(`Searches by radius, ${kind ?? ''} data, ${most.toLocaleString('en-US')} hashes`, 'radius in bits', first.filter(({ count }) => count === most), ({ radius }) => radius, false)
  ]
  return found.filter(({ series }) => series.length > 0)
}

function headlineOf ({ searches }: IndexFigures): string {
  const [largest] = searches.filter(({ radius, kind }) => radius === promisedRadius && kind === 'uniform').sort((a, b) => b.count - a.count)
  if (largest === undefined) return 'No search at the promised radius was measured.'
  const { count, own, avx2P50Us } = largest
  const times = ratio(avx2P50Us, own.p50Us)
  return `Exact search among ${count.toLocaleString('en-US')} hashes within ${promisedRadius} bits takes ${short(own.p50Us)} microseconds at the median` +
    (Number.isFinite(times) ? `, ${short(times)} times as fast as a native scan of all of them.` : '.')
}

export function indexReport (figures: IndexFigures, conditions: readonly string[]): BenchResult {
  const tables = [searchTable(figures.searches), setTable(figures.sets)]
  if (figures.peers.length > 0) tables.push(peerTable(figures))
  if (figures.gates.length > 0) tables.push(gateTable(figures.gates))
  return { title: 'The index', headline: headlineOf(figures), conditions, tables, plots: plots(figures), targets: indexTargets(figures) }
}
