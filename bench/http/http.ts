import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Bench, BenchResult, BenchRun, BenchWish, Table, Target } from '../frame/bench.js'
import { rangeWords, wholeNumber } from '../frame/flag-values.js'
import { percentile } from '../frame/percentiles.js'
import { addedToBlocked, type AddedToBlocked } from './added-to-blocked.js'
import { hashSteps, measureHashes } from './bare-hashes.js'
import { knownHashesWords } from './known-hashes.js'
import { measureOverload, overloadSteps, type OverloadFigures } from './overload-figures.js'
import { mixWords } from './pictures.js'
import { list, setScene, type Pace, type Scene } from './scene.js'
import { measureUploads, uploadSteps } from './uploads.js'

const quickPace: Pace = { heatS: 5, rounds: 10, warmS: 0.4, windowS: 1, longWindowS: 2.5, overloadS: 8, adds: 8 }
const fullPace: Pace = { heatS: 20, rounds: 12, warmS: 1, windowS: 5, longWindowS: 12, overloadS: 60, adds: 60 }
const entriesDefault = 1_000_000
/** The gate's own setting for one worker for each core; a flag that says 0 would be misread as none. */
const workersOfGate = 0
/** Half of the entries are of one kind, half of another; more than this is a job for the index bench. */
const ranges = { entries: { least: 2, most: 10_000_000 }, workers: { least: 1, most: 256 } }
const MiB = 2 ** 20

export const bench: Bench = {
  name: 'http',
  summary: 'uploads, bare hashes, overload and fresh additions through the real gate, beside its pipeline without HTTP',
  options: {
    entries: { type: 'string', about: `made-up entries on the list, ${rangeWords(ranges.entries)} (default ${entriesDefault.toLocaleString('en-US')})` },
    workers: { type: 'string', about: `picture workers of the gate, ${rangeWords(ranges.workers)} (default one for each core)` }
  },
  check: wish => { readOptions(wish) },
  run: runHttp
}

/** @throws BenchUsageError where a flag makes no sense */
export function readOptions ({ options: { entries, workers } }: BenchWish): { entries: number, workers: number } {
  return {
    entries: typeof entries === 'string' ? wholeNumber('entries', entries, ranges.entries) : entriesDefault,
    workers: typeof workers === 'string' ? wholeNumber('workers', workers, ranges.workers) : workersOfGate
  }
}

async function runHttp (run: BenchRun): Promise<BenchResult> {
  const { entries, workers } = readOptions(run)
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
  const steps = uploadSteps(pace) + 1 + overloadSteps + hashSteps
  let step = 0
  const progress = (what: string): void => { run.progress(step++, steps, what) }
  const uploads = await measureUploads(scene, pace, progress)
  progress('added to blocked')
  const added = await addedToBlocked(scene.gate, scene.key, list, scene.toAdd)
  const flood = await measureOverload(scene, pace, uploads.peakPerS, progress)
  const hashes = await measureHashes(scene, pace, progress)
  const start = await startTable(scene)
  progress('done')
  const targets = [...uploads.targets, ...hashes.targets, ...flood.targets, ...addedTargets(added)]
  return {
    title: 'The gate over HTTP',
    headline: `${uploads.peakPerS.toFixed(0)} uploads a second on ${scene.workers} picture workers; ` +
      (flood.goodput === undefined ? 'what it serves at twice that load could not be judged.' : overloadWords(flood, flood.goodput)),
    conditions: [
      `uploads, seeded and drawn by the bench: ${mixWords}; ${scene.mix.filter(({ name }) => name.startsWith('known')).length} of ${scene.mix.length} known`,
      `list: ${scene.hashes.count.toLocaleString('en-US')} entries by POST /v1/lists/LIST/imports; ${knownHashesWords}`,
      'gate: dist/cli.js serve, default settings but no rate limits, on 127.0.0.1; the sender runs on the same machine'
    ],
    tables: [uploads.table, uploads.sizes, hashes.table, flood.table, addedTable(added), start],
    plots: [uploads.plot],
    targets
  }
}

function overloadWords ({ servedMs, refusedMs }: OverloadFigures, goodput: number): string {
  const ms = (sorted: readonly number[], share: number): string => `${percentile(sorted, share).toFixed(0)} ms`
  return `at twice that load it still serves ${(goodput * 100).toFixed(0)} % of it, answered after ${ms(servedMs, 0.5)} (p50) and ${ms(servedMs, 0.99)} (p99), ` +
    (refusedMs.length === 0 ? 'and refuses nothing.' : `and refuses the rest within ${ms(refusedMs, 0.99)} (p99).`)
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
  return [{ what: 'uploads begun after their picture was added that were not blocked', wanted: 'none', measured: `${added.missed} after ${added.adds} adds`, reached: added.missed === 0 }]
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
