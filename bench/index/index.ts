import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BenchUsageError, type Bench, type BenchResult, type BenchRun, type BenchWish } from '../frame/bench.js'
import { wholeNumber } from '../frame/flag-values.js'
import { dataKinds, type DataKind } from './data.js'
import { Dataset } from './dataset.js'
import type { IndexFigures } from './figures.js'
import { gateFigures } from './gate-import.js'
import { NativeFloor, compiler, compilerFlags } from './native.js'
import { indexReport } from './report.js'
import { searchFigures } from './search-figures.js'
import { peerFigures, setFigures } from './set-figures.js'

interface IndexOptions {
  counts: readonly number[]
  kinds: readonly DataKind[]
  /** Below the largest count only the searches of the first kind: what the plot by size shows. */
  largestOnly: boolean
  radii: readonly number[]
  queries: number
  /** Rows for usearch, which takes minutes to build beyond this; 0 leaves it out. */
  usearchRows: number
  /** Lines of the lists that go through the command line into a gate. */
  importLines: readonly number[]
}

const quickOptions: IndexOptions = { counts: [1e5, 1e6], kinds: ['uniform', 'blockhash'], largestOnly: true, radii: [10, 31], queries: 200, usearchRows: 10_000, importLines: [100_000] }
const fullOptions: IndexOptions = { counts: [1e5, 1e6, 1e7], kinds: dataKinds, largestOnly: false, radii: [10, 24, 31, 40], queries: 500, usearchRows: 100_000, importLines: [1e6] }
const countMax = 2e8

function defaultsOf (key: keyof IndexOptions): string {
  return `default ${String(fullOptions[key])}; quick ${String(quickOptions[key])}`
}

export const bench: Bench = {
  name: 'index',
  summary: 'search, size, start and change of the index by size, data and radius, beside native code, a linear scan and usearch',
  options: {
    counts: { type: 'string', about: `entries of an index, 1 to 2e8, with commas between (${defaultsOf('counts')})` },
    kinds: { type: 'string', about: `made-up data, of ${dataKinds.join(', ')}, with commas between (${defaultsOf('kinds')})` },
    radii: { type: 'string', about: `bits within which a search finds, 0 to 64, with commas between (${defaultsOf('radii')})` },
    queries: { type: 'string', about: `searches of one measurement, 100 to 1e6 (${defaultsOf('queries')})` },
    usearch: { type: 'string', about: `rows for the comparison with usearch, 0 to 1e7, 0 for none (${defaultsOf('usearchRows')})` },
    import: { type: 'string', about: `lines of lists that a gate imports, 0 to 2e8, with commas between, 0 for none (${defaultsOf('importLines')})` },
    huge: { type: 'boolean', default: false, about: 'an index of 1e8 entries, too' }
  },
  check: (wish) => { readOptions(wish) },
  run: async (run) => {
    const options = readOptions(run)
    const root = mkdtempSync(join(tmpdir(), 'keersluis-index-'))
    try {
      return await measure(options, root, run.progress)
    } finally {
      rmSync(root, { recursive: true, force: true })
    }
  }
}

async function measure (options: IndexOptions, root: string, progress: BenchRun['progress']): Promise<BenchResult> {
  const native = NativeFloor.compile(join(root, 'native'))
  const figures: IndexFigures = { searches: [], sets: [], peers: [], gates: [] }
  const largest = Math.max(...options.counts)
  const kindsOf = (count: number): readonly DataKind[] => options.largestOnly && count < largest ? options.kinds.slice(0, 1) : options.kinds
  const sets = options.counts.flatMap(count => kindsOf(count).map(kind => ({ count, kind })))
  const total = sets.length * (options.radii.length + 2) + options.importLines.length
  let done = 0
  const step = (what: string): void => { progress(done++, total, what) }
  for (const { count, kind } of sets) {
    const what = `${kind} data, ${count.toLocaleString('en-US')} hashes`
    step(`${what}: filling`)
    const data = new Dataset(kind, count, options.queries)
    await data.fill()
    const files = await data.write(join(root, `${kind}-${count}`))
    for (const radius of options.radii) {
      step(`${what}: radius ${radius}`)
      figures.searches.push(searchFigures(data, files, native, radius))
    }
    step(`${what}: start and change`)
    if (!options.largestOnly || count === largest) figures.sets.push(await setFigures(data, files))
    await data.index.close()
    rmSync(files.folder, { recursive: true })
  }
  if (options.usearchRows > 0) {
    for (const kind of options.kinds) figures.peers.push(await peer(kind, options))
  }
  for (const lines of options.importLines) {
    step(`${lines.toLocaleString('en-US')} lines through the command line`)
    figures.gates.push(await gateFigures(root, lines, (what) => { progress(done, total, what) }))
  }
  return indexReport(figures, conditions(options))
}

async function peer (kind: DataKind, { usearchRows, queries }: IndexOptions): Promise<IndexFigures['peers'][number]> {
  const data = new Dataset(kind, usearchRows, queries)
  try {
    await data.fill()
    return await peerFigures(data)
  } finally {
    await data.index.close()
  }
}

function conditions ({ queries }: IndexOptions): string[] {
  return [
    `made-up values, seeded: uniform bits; "pdq" with weak patterns, 20 % near an earlier value; "blockhash" smooth pictures on 16 x 16 blocks, 30 % near, 3 % degenerate; ${queries} queries, half of them near a value`,
    'one search at a time in the main thread, where nothing else is said',
    `native programs: ${compilerVersion()} ${compilerFlags.join(' ')}`
  ]
}

function compilerVersion (): string {
  try {
    return execFileSync(compiler, ['--version'], { encoding: 'utf8' }).split('\n')[0] ?? compiler
  } catch {
    return `no ${compiler}, their columns are empty;`
  }
}

export function readOptions ({ quick, options }: BenchWish): IndexOptions {
  const base = quick ? quickOptions : fullOptions
  const counts = numbers(options.counts, 'counts', 1, countMax) ?? base.counts
  return {
    counts: options.huge === true ? [...counts, 1e8] : counts,
    kinds: kindsNamed(options.kinds) ?? base.kinds,
    // What was asked for by name is measured.
    largestOnly: base.largestOnly && options.counts === undefined && options.kinds === undefined && options.huge !== true,
    radii: numbers(options.radii, 'radii', 0, 64) ?? base.radii,
    queries: number(options.queries, 'queries', 100, 1e6) ?? base.queries,
    usearchRows: number(options.usearch, 'usearch', 0, 1e7) ?? base.usearchRows,
    importLines: (numbers(options.import, 'import', 0, countMax) ?? base.importLines).filter((lines) => lines > 0)
  }
}

/** @throws BenchUsageError that says what the flag takes */
function numbers (given: string | boolean | undefined, flag: string, low: number, high: number): number[] | undefined {
  if (typeof given !== 'string') return undefined
  return given.split(',').map((text) => {
    const value = text.trim() === '' ? Number.NaN : Number(text)
    if (Number.isInteger(value) && value >= low && value <= high) return value
    throw new BenchUsageError(`--${flag} cannot be '${text}': it takes whole numbers from ${low} to ${high}.`)
  })
}

function number (given: string | boolean | undefined, flag: string, least: number, most: number): number | undefined {
  return typeof given === 'string' ? wholeNumber(flag, given, { least, most }) : undefined
}

function kindsNamed (given: string | boolean | undefined): DataKind[] | undefined {
  if (typeof given !== 'string') return undefined
  const unknown = given.split(',').find((name) => !(dataKinds as readonly string[]).includes(name))
  if (unknown !== undefined) throw new BenchUsageError(`--kinds cannot be '${unknown}': it takes ${dataKinds.join(', ')}.`)
  return dataKinds.filter((kind) => given.split(',').includes(kind))
}
