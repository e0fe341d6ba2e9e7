import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { dataKinds } from './data.js'
import type { DataKind } from './data.js'
import { Dataset, snapshotStartS } from './dataset.js'
import { NativeFloor, compiler, compilerFlags } from './native.js'
import type { NativeTimes } from './native.js'
import { sqliteReadS, usearch } from './peers.js'
import { machine, markdown } from '../frame/markdown.js'
import type { Table, TableRow } from '../frame/markdown.js'
import { insertToMatchable, throughput } from './threads.js'
import { timeQueries, warmUp } from './timing.js'

export interface IndexBenchOptions {
  counts: readonly number[]
  kinds: readonly DataKind[]
  radii: readonly number[]
  queries: number
  /** usearch takes minutes to build beyond this. */
  usearchCountMax: number
  /** Told of each finished table. */
  onTable: (table: Table) => void
}

/** Entries of an image item with everything that the gate keeps of it: PDQ of the whole, the trimmed and 16 crops, at most. */
const pdqEntriesPerImage = 18
const checkedQueries = 60

const searchColumns: TableRow = [
  'data', 'N', 'r', 'p50 us', 'p99 us', 'raw p99 us', 'searches/s', 'mean hits', 'native p50 us', 'p50 / native', 'linear scan p50 us',
  'linear scan p99 us', 'p99 / linear p99', 'AVX2 scan p50 us', 'AVX-512 scan p50 us', 'AVX2 / p50', 'recall'
]
const setColumns: TableRow = [
  'data', 'N', 'import s', 'tables s', 'bytes/hash', 'image items', 'save s', 'start, first s', 'start, median of 5 s', 'SQLite read s',
  'SQLite / start', 'image check us', '1 thread/s', '2 threads/s', 'cores they got', '2 / 1 per core', 'insert p50 us', 'insert p99 us', 'insert max us', 'merges'
]
const peerColumns: TableRow = ['data', 'N', 'engine', 'p50 us', 'p99 us', 'recall of the closest', 'build s']

const timeOf = (times: NativeTimes[], what: NativeTimes['what']): number => times.find((line) => line.what === what)?.p50Us ?? Number.NaN
const passesFor = (times: { meanUs: number }): number => times.meanUs > 2_000 ? 1 : 3

interface Run {
  data: Dataset
  folder: string
  files: { parts: string[], queries: string, saveS: number }
  native: NativeFloor | undefined
}

/** Share of the first queries whose whole answer, order and all, equals that of comparing every row. */
function recallOf ({ data }: Run, radius: number, scan: ReturnType<Dataset['linearScan']>): number {
  const checked = data.queries.slice(0, checkedQueries)
  return checked.filter((query) => JSON.stringify(data.index.search('pdq', query, radius)) === JSON.stringify(scan(query, radius))).length / checked.length
}

function searchRow (run: Run, radius: number): TableRow {
  const { data, native, files } = run
  const search = (query: Uint8Array): number => data.index.search('pdq', query, radius).length
  const own = timeQueries(data.queries, passesFor(warmUp(data.queries, search)), search)
  const part = files.parts[0]
  const floor = native === undefined || part === undefined ? [] : native.run('multi-index', part, files.queries, radius, passesFor(own))
  const scans = native === undefined || part === undefined ? [] : native.run('full-scan', part, files.queries, radius, 1)
  const scan = data.linearScan()
  const linear = timeQueries(data.queries, 2, (query) => scan(query, radius).length)
  const nativeP50 = timeOf(floor, 'multi-index')
  const avx2 = timeOf(scans, 'scan-avx2')
  return [
    data.kind, data.count, radius, own.p50Us, own.p99Us, own.rawP99Us, Math.round(1e6 / own.meanUs), own.hits / data.queries.length, nativeP50,
    own.p50Us / nativeP50, linear.p50Us, linear.p99Us, own.p99Us / linear.p99Us, avx2, timeOf(scans, 'scan-avx512'), avx2 / own.p50Us, recallOf(run, radius, scan)
  ]
}

/** What one image check asks: whole and trimmed, PDQ upright at 40 and seven orientations at 31, blockhash at 24; three digests. */
function imageCheckUs ({ data: { index, queries } }: Run): number {
  const digests = [['md5', 16], ['sha1', 20], ['sha256', 32]] as const
  return timeQueries(queries.slice(0, 200), 3, (query) => {
    let hits = 0
    for (const [algorithm, bytes] of digests) hits += index.search(algorithm, query.subarray(0, bytes), 0).length
    for (let variant = 0; variant < 2; variant++) {
      hits += index.search('pdq', query, 40).length + index.search('blockhash', query, 24).length
      for (let orientation = 1; orientation < 8; orientation++) hits += index.search('pdq', query.map((byte) => byte ^ (orientation * 37)), 31).length
    }
    return hits
  }).p50Us
}

async function setRow (run: Run): Promise<TableRow> {
  const { data, folder, files } = run
  const checkUs = imageCheckUs(run)
  const one = await throughput(data.index, data.queries, 31, 1)
  const two = await throughput(data.index, data.queries, 31, 2)
  const start = snapshotStartS(folder, 5)
  const sqliteS = data.kind === 'uniform' ? sqliteReadS(folder, data.values, data.count > 1e6 ? 1 : 3) : Number.NaN
  const inserts = await insertToMatchable(data.index, data.count + 1, 20_000)
  return [
    data.kind, data.count, data.importS, data.buildS, data.bytesPerHash, Math.round(data.count / pdqEntriesPerImage), files.saveS, start.firstS,
    start.medianS, sqliteS, sqliteS / start.medianS, checkUs, Math.round(one.perSecond), Math.round(two.perSecond), two.cores, 2 * (two.perSecond / two.cores) / (one.perSecond / one.cores), inserts.p50Us, inserts.p99Us, inserts.maxUs, inserts.merges
  ]
}

async function peerRow ({ data }: Run): Promise<TableRow> {
  const queries = data.queries.slice(0, 300)
  const closest = queries.map((query) => data.index.search('pdq', query, 31, { hitsMax: 1 })[0]?.distance)
  const times = await usearch(data.values, queries, closest)
  return [data.kind, data.count, 'usearch HNSW, k = 1', times.p50Us, times.p99Us, times.recall, times.buildS]
}

/** Measures the index beside its peers, all in one run; each table goes out when it is complete. */
export async function benchIndex (options: IndexBenchOptions): Promise<Table[]> {
  const root = mkdtempSync(join(tmpdir(), 'keersluis-bench-'))
  const search: Table = { title: 'Searches', rows: [searchColumns] }
  const sets: Table = { title: 'The set: size, start, change', rows: [setColumns] }
  const peers: Table = { title: 'Approximate search', rows: [peerColumns] }
  try {
    const native = NativeFloor.compile(join(root, 'native'))
    for (const count of options.counts) {
      for (const kind of options.kinds) {
        const data = new Dataset(kind, count, options.queries)
        const folder = join(root, `${kind}-${count}`)
        await data.fill()
        const run: Run = { data, folder, files: await data.write(folder), native }
        for (const radius of options.radii) search.rows.push(searchRow(run, radius))
        sets.rows.push(await setRow(run))
        if (count <= options.usearchCountMax) peers.rows.push(await peerRow(run))
        await data.index.close()
        rmSync(folder, { recursive: true })
        process.stderr.write(`${kind}, ${count}: done\n`)
      }
    }
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
  const tables = [search, sets, peers]
  tables.forEach(options.onTable)
  return tables
}

function compilerVersion (): string {
  try {
    return execFileSync(compiler, ['--version'], { encoding: 'utf8' }).split('\n')[0] ?? compiler
  } catch {
    return `no ${compiler}: the native columns are empty`
  }
}

function numbers (text: string): number[] {
  return text.split(',').map(Number)
}

const { values: flags } = parseArgs({
  options: {
    counts: { type: 'string', default: '1e5,1e6,1e7' },
    kinds: { type: 'string', default: dataKinds.join(',') },
    radii: { type: 'string', default: '10,24,31,40' },
    queries: { type: 'string', default: '1000' },
    usearch: { type: 'string', default: '1e5' }
  }
})
if (process.argv[1] === import.meta.filename) {
  process.stdout.write(`${machine([`${compilerVersion()} ${compilerFlags.join(' ')}`])}\n\n`)
  await benchIndex({
    counts: numbers(flags.counts),
    kinds: dataKinds.filter((kind) => flags.kinds.split(',').includes(kind)),
    radii: numbers(flags.radii),
    queries: Number(flags.queries),
    usearchCountMax: Number(flags.usearch),
    onTable: (table) => { process.stdout.write(`${markdown(table)}\n`) }
  })
}
