import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Bench, BenchResult, BenchRun, Table, Target } from '../frame/bench.js'
import { percentile } from '../frame/percentiles.js'
import { addedToBlocked, type AddedToBlocked } from './added-to-blocked.js'
import { measureHashes } from './bare-hashes.js'
import { knownHashesWords } from './known-hashes.js'
import { memoryGrowth, overload, type Overload } from './overload.js'
import { mixWords } from './pictures.js'
import { list, setScene, type Pace, type Scene } from './scene.js'
import { measureUploads } from './uploads.js'

const quickPace: Pace = { rounds: 4, warmS: 0.5, windowS: 2.5, shortWindowS: 3, overloadS: 8, adds: 8 }
const fullPace: Pace = { rounds: 12, warmS: 1, windowS: 5, shortWindowS: 12, overloadS: 60, adds: 60 }
const entriesDefault = 1_000_000
/** More than this is a job for the index bench. */
const entriesMax = 10_000_000
const MiB = 2 ** 20

const goodputWanted = 0.9
const refusedMsWanted = 50
/** Growth of the gate's memory over an overload that still counts as flat. */
const growthMax = 1.1

export const bench: Bench = {
  name: 'http',
  summary: 'uploads, bare hashes, overload and fresh additions through the real gate, beside its pipeline without HTTP',
  options: { entries: { type: 'string' }, workers: { type: 'string' } },
  run: runHttp
}

function wholeNumber (value: string | boolean | undefined, otherwise: number, max: number, flag: string): number {
  if (value === undefined) return otherwise
  const number = Number(value)
  if (Number.isInteger(number) && number >= 0 && number <= max) return number
  throw new Error(`${flag} takes a whole number from 0 to ${max}.`)
}

async function runHttp (run: BenchRun): Promise<BenchResult> {
  const entries = wholeNumber(run.options.entries, entriesDefault, entriesMax, '--entries')
  const workers = wholeNumber(run.options.workers, 0, 256, '--workers')
  const pace = run.quick ? quickPace : fullPace
  const folder = await mkdtemp(join(tmpdir(), 'keersluis-bench-http-'))
  let scene: Scene | undefined
  try {
    scene = await setScene(run, folder, entries, workers, pace)
    return await measure(run, scene, pace)
  } finally {
    await scene?.close()
    await rm(folder, { recursive: true, force: true })
  }
}

async function measure (run: BenchRun, scene: Scene, pace: Pace): Promise<BenchResult> {
  const steps = 3 * pace.rounds + 9
  let step = 0
  const progress = (what: string): void => { run.progress(step++, steps, what) }
  const uploads = await measureUploads(scene, pace, progress)
  progress('added to blocked')
  const added = await addedToBlocked(scene.gate, scene.key, list, scene.toAdd)
  progress('overload')
  const offeredPerS = 2 * uploads.peakPerS
  const flood = await overload({ gate: scene.gate, key: scene.key, bodies: scene.mix.map(picture => picture.bytes), offeredPerS, warmS: 2, windowS: pace.overloadS })
  const hashes = await measureHashes(scene, pace, progress)
  const start = await startTable(scene)
  progress('done')
  const targets = [...uploads.targets, ...hashes.targets, ...overloadTargets(flood, uploads.peakPerS), ...addedTargets(added)]
  return {
    title: 'The gate over HTTP',
    headline: `${uploads.peakPerS.toFixed(0)} uploads a second on ${scene.workers} picture workers; ` +
      `at twice that load it still serves ${(flood.servedPerS / uploads.peakPerS * 100).toFixed(0)} % of it and refuses the rest within ${percentile(flood.refusedMs, 0.99).toFixed(0)} ms (p99).`,
    conditions: [
      `uploads, seeded and drawn by the bench: ${mixWords}; ${scene.mix.filter(({ name }) => name.startsWith('known')).length} of ${scene.mix.length} known`,
      `list: ${scene.hashes.count.toLocaleString('en-US')} entries by POST /v1/lists/LIST/imports; ${knownHashesWords}`,
      'gate: dist/cli.js serve, default settings but no rate limits, on 127.0.0.1; the sender runs on the same machine'
    ],
    tables: [uploads.table, uploads.sizes, hashes.table, overloadTable(flood, uploads.peakPerS, offeredPerS, pace), addedTable(added), start],
    plots: [uploads.plot],
    targets
  }
}

function overloadTable (flood: Overload, peakPerS: number, offeredPerS: number, pace: Pace): Table {
  const tree = flood.memory.map(({ treeBytes }) => treeBytes / MiB)
  const own = flood.memory.map(({ ownBytes }) => ownBytes / MiB)
  return {
    title: 'Overload: twice the peak',
    note: `Requests arrive at random (Poisson, seeded) for ${pace.overloadS} s and wait for nothing. A 503 is timed from the moment its request's headers were written.`,
    columns: ['peak/s', 'offered/s', 'served/s', 'of peak', 'refused', 'refused p50 ms', 'refused p99 ms', 'served p50 ms', 'served p99 ms', 'other answers', 'gate MiB first', 'gate MiB last', 'gate MiB max', 'with children MiB max'],
    rows: [[
      peakPerS, offeredPerS, flood.servedPerS, flood.servedPerS / peakPerS, flood.refused, percentile(flood.refusedMs, 0.5), percentile(flood.refusedMs, 0.99),
      percentile(flood.servedMs, 0.5), percentile(flood.servedMs, 0.99), otherWords(flood), Math.round(own[0] ?? Number.NaN), Math.round(own.at(-1) ?? Number.NaN), Math.round(Math.max(...own)), Math.round(Math.max(...tree))
    ]]
  }
}

/** What came beside 200 and 503: `0`, or how many of what. */
function otherWords ({ other }: Overload): string {
  return other.size === 0 ? '0' : [...other].map(([what, count]) => `${count} (${what})`).join(', ')
}

function overloadTargets (flood: Overload, peakPerS: number): Target[] {
  const goodput = flood.servedPerS / peakPerS
  const refusedMs = percentile(flood.refusedMs, 0.99)
  const growth = memoryGrowth(flood.memory, ({ ownBytes }) => ownBytes)
  return [
    { what: 'goodput at twice the peak, of the peak', wanted: `at least ${goodputWanted}`, measured: goodput.toFixed(2), reached: goodput >= goodputWanted },
    { what: '503 after the headers, p99', wanted: `within ${refusedMsWanted} ms`, measured: `${refusedMs.toFixed(1)} ms`, reached: refusedMs <= refusedMsWanted },
    {
      what: 'everything else answered 503 with Retry-After', wanted: '0 other answers', measured: `${otherWords(flood)} of ${flood.offered}`, reached: flood.other.size === 0
    },
    { what: 'memory of the gate, last quarter of the overload over the first', wanted: `at most ${growthMax}`, measured: growth.toFixed(2), reached: growth <= growthMax }
  ]
}

function addedTable (added: AddedToBlocked): Table {
  return {
    title: 'From `add` answered to blocked elsewhere',
    note: 'One connection adds a picture; another keeps uploading a copy that was saved again (JPEG 60). Time from the answer to the first block that it reads; 0 where the block came first.',
    columns: ['adds', 'add p50 ms', 'add p99 ms', 'blocked p50 ms', 'blocked p99 ms', 'blocked max ms', 'checks begun after the answer, not blocked'],
    rows: [[
      added.adds, percentile(added.addMs, 0.5), percentile(added.addMs, 0.99), percentile(added.blockedMs, 0.5), percentile(added.blockedMs, 0.99), added.blockedMs.at(-1) ?? Number.NaN, added.missed
    ]]
  }
}

function addedTargets (added: AddedToBlocked): Target[] {
  return [{ what: 'checks begun after `add` was answered that did not block', wanted: '0', measured: String(added.missed), reached: added.missed === 0 }]
}

async function startTable ({ gate, hashes, fillS, restartS }: Scene): Promise<Table> {
  const indexBytes = await gate.metric('keersluis_index_memory_bytes')
  const entries = await gate.metric('keersluis_index_entries')
  return {
    title: 'The list: import, start, memory',
    columns: ['imported', 'import s', 'imported/s', 'start to listening s', 'entries', 'index MiB', 'index bytes/entry'],
    rows: [[hashes.count, fillS, Math.round(hashes.count / fillS), restartS, entries, Math.round(indexBytes / MiB), indexBytes / entries]]
  }
}
