import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { loadConfig, workerCounts } from '#keersluis/config.js'
import { searchPlan } from '#keersluis/service/lists.js'
import type { BenchRun } from '../frame/bench.js'
import { BarePipeline } from './bare.js'
import { Gate, unlimitedFlags } from './gate.js'
import { KnownHashes } from './known-hashes.js'
import { PictureMaker, savedAgain, type Picture } from './pictures.js'
import { Sender } from './sender.js'

/** How long each part takes. */
export interface Pace {
  /** Small pictures before the first round, for each way. */
  heatS: number
  rounds: number
  warmS: number
  /** At the least: a window closes after a whole pass through its uploads. */
  windowS: number
  /** Of what is measured once. */
  longWindowS: number
  overloadS: number
  adds: number
}

export const list = 'bench'

/** The gate, what is on its list, what will be sent to it, and the pipeline without it, on the same index. */
export interface Scene {
  gate: Gate
  bare: BarePipeline
  sender: Sender
  key: string
  workers: number
  /** The upload mix, with a few known pictures in it. */
  mix: Picture[]
  small: Picture[]
  jpeg2: Picture[]
  jpeg12: Picture[]
  toAdd: Picture[]
  hashes: KnownHashes
  fillS: number
  /** Seconds from the start of the process to its line, the list read from the snapshot. */
  restartS: number
  close (): Promise<void>
}

/** Kept small: each of them leaves a row, as on a real site, where nearly no upload is known. */
const timesThroughMix = 3

/** Draws, fills a list by the import call, stops the gate, starts it again from its snapshot, and puts the bare pipeline beside it. */
export async function setScene (run: BenchRun, folder: string, entries: number, workersWanted: number, pace: Pace): Promise<Scene> {
  const config = loadConfig({ pictureWorkers: String(workersWanted) }, {})
  const workers = workerCounts(config).picture
  const dataDir = join(folder, 'data')
  const flags = [...unlimitedFlags, '--picture-workers', String(workers)]
  run.progress(0, 1, 'drawing the uploads')
  const maker = new PictureMaker(join(folder, 'uploads'), 1)
  await maker.open(2)
  const drawn = await maker.mix(2)
  const jpegs = async (name: string, count: number, width: number, height: number): Promise<Picture[]> =>
    await Promise.all(Array.from({ length: count }, async (_, i) => await maker.draw(`${name}-${i}`, width, height, 'jpeg')))
  const small = await jpegs('small', 16, 64, 64)
  const jpeg2 = await jpegs('2mp', 8, 1_632, 1_224)
  const jpeg12 = await jpegs('12mp', 6, 4_000, 3_000)
  const toAdd = await jpegs('add', pace.adds, 1_280, 960)
  const known = await jpegs('known', 2, 1_280, 960)
  const hashes = new KnownHashes(entries)

  const first = await Gate.start(dataDir, flags)
  let fillS = 0
  try {
    await first.call('POST', '/v1/lists', { name: list })
    const from = performance.now()
    await hashes.importInto(first, list, done => { run.progress(done, entries, 'importing known hashes') })
    fillS = (performance.now() - from) / 1_000
    for (const picture of known) await first.call('POST', `/v1/lists/${list}/items`, picture.bytes)
  } finally {
    await first.stop()
  }
  const gate = await Gate.start(dataDir, flags)
  try {
    const bare = await BarePipeline.start(join(dataDir, 'snapshot'), searchPlan([], config.pictureSideMinPx), workers)
    const sender = await Sender.start()
    const close = async (): Promise<void> => { await Promise.all([gate.stop(), bare.stop(), sender.stop()]) }
    return {
      gate, bare, sender, workers, small, jpeg2, jpeg12, toAdd, hashes, fillS, close, mix: await withKnown(drawn, known, folder), key: await gate.createProviderKey(), restartS: gate.startS
    }
  } catch (error) {
    await gate.stop()
    throw error
  }
}

/** The drawn pictures a few times over, and among them one that is known byte for byte, and one that is known by its looks. */
async function withKnown (drawn: readonly Picture[], [exact, original]: readonly Picture[], folder: string): Promise<Picture[]> {
  const mix = Array.from({ length: timesThroughMix }, () => drawn).flat()
  if (exact === undefined || original === undefined) return mix
  const bytes = await savedAgain(original)
  const near = { ...original, name: 'known again', path: join(folder, 'known-again'), bytes }
  await writeFile(near.path, bytes)
  mix.splice(Math.floor(mix.length / 3), 0, exact)
  mix.splice(Math.floor(mix.length * 2 / 3), 0, near)
  return mix
}
