import { availableParallelism } from 'node:os'
import { loadConfig } from '#keersluis/config.js'
import { openHashIndex } from '#keersluis/index/open.js'
import { Lanes } from '#keersluis/pipeline/lanes.js'
import { defaultListPolicy } from '#keersluis/policy/list-policy.js'
import { searchPlan } from '#keersluis/service/lists.js'
import { median } from '../frame/percentiles.js'
import { startCpuClock } from './cpu-time.js'
import { defaultSettings } from './engines.js'

/** What so many workers of the gate's picture lane carry. */
export interface LaneFigures {
  workers: number
  picturesPerS: number
  /** Processor time that they got, in cores: less than the workers where the machine is shared. */
  cores: number
}

const measuredMs = 2_000
/** Enough waits for every worker at any time. */
const inFlightPerWorker = 3

/** The picture lane as the gate runs it, digests and search in an empty index included: one worker against all cores, in turns. */
export async function measureLanes (paths: readonly string[], rounds: number): Promise<LaneFigures[]> {
  const counts = [...new Set([1, availableParallelism()])]
  const index = openHashIndex()
  await index.load([], 1)
  const lanes = counts.map(workers => new Lanes(index, {
    pictureWorkers: workers, videoWorkers: 1, pictureQueueMax: 64, videoQueueMax: 0, decoder: defaultSettings().decoder
  }))
  const runs: LaneFigures[][] = counts.map(() => [])
  try {
    for (const lane of lanes) await drive(lane, paths, counts.at(-1) ?? 1, 1_000)
    for (let round = 0; round < rounds; round++) {
      for (const [i, lane] of lanes.entries()) runs[i]?.push(await drive(lane, paths, counts[i] ?? 1, measuredMs))
    }
  } finally {
    await Promise.all(lanes.map(async lane => { await lane.close() }))
    await index.close()
  }
  return runs.map((figures, i) => ({
    workers: counts[i] ?? 1,
    picturesPerS: median(figures.map(({ picturesPerS }) => picturesPerS)),
    cores: median(figures.map(({ cores }) => cores))
  }))
}

async function drive (lanes: Lanes, paths: readonly string[], workers: number, forMs: number): Promise<LaneFigures> {
  const { limits } = defaultSettings()
  const plan = searchPlan([defaultListPolicy], loadConfig({}, {}).pictureSideMinPx)
  const watcher = { onDigests: async () => 'continue' as const, onPictures: async () => 'continue' as const }
  const cpuMs = startCpuClock()
  const start = performance.now()
  let next = 0
  let done = 0
  const client = async (): Promise<void> => {
    while (performance.now() - start < forMs) {
      const path = paths[next++ % paths.length] ?? ''
      const { fingerprint } = await lanes.examine('picture', { path }, limits, plan, watcher)
      if (fingerprint.pictures.length === 0) throw new Error('the gate did not hash a picture')
      done++
    }
  }
  await Promise.all(Array.from({ length: workers * inFlightPerWorker }, client))
  const elapsedMs = performance.now() - start
  return { workers, picturesPerS: done * 1000 / elapsedMs, cores: cpuMs() / elapsedMs }
}
