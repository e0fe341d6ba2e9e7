import { median } from '../frame/median.js'
import type { Cost } from './engine-process.js'
import { EngineProcess } from './engine.js'
import { engineNames, type EngineName } from './engines.js'
import type { NativeFloor } from './native-floor.js'
import type { Format, PictureSet } from './pictures.js'

/** What is measured side by side. The floor reads JPEG only; `naiveEven` is the naive way where both sides divide by 16. */
export type Contender = EngineName | 'naiveEven' | 'floor'

/** One format in one size. */
export interface CellFigures {
  format: Format
  megapixels: number
  bytesPerPicture: number
  /** Processor milliseconds a picture: medians over the rounds. */
  cpuMs: Partial<Record<Contender, number>>
  wallMs: Partial<Record<Contender, number>>
  /** Another's processor time over ours, in the same round: medians over the rounds. */
  times: Partial<Record<Contender, number>>
}

/** Long against the ten milliseconds in which a child's processor time is counted; one's own is counted in microseconds. */
const childBatchMsMin = 400
const batchMsMin = 150
/** The compiler goes on improving code for about a second. */
const firstWarmUpBatches = 4

type Measure = (passes: number) => Promise<Cost>

/** The contenders, each in a process of its own, for all cells. */
export class Contest {
  readonly #engines = Object.fromEntries(engineNames.map(name => [name, new EngineProcess(name)])) as Record<EngineName, EngineProcess>
  #isWarm = false
  readonly #floor: NativeFloor | undefined

  constructor (floor: NativeFloor | undefined) {
    this.#floor = floor
  }

  /** All contenders over the same files, one after the other, round after round: what disturbs one disturbs all. */
  async measure (set: PictureSet, rounds: number): Promise<CellFigures> {
    const { format, megapixels, paths, bytes } = set
    const contenders = this.#contendersFor(set)
    const passes = new Map<Contender, number>()
    for (const [name, cost] of contenders) passes.set(name, await warmUp(cost, name === 'keersluis' ? childBatchMsMin : batchMsMin, this.#isWarm ? 1 : firstWarmUpBatches))
    this.#isWarm = true
    const costs: Array<Partial<Record<Contender, Cost>>> = []
    for (let round = 0; round < rounds; round++) {
      const row: Partial<Record<Contender, Cost>> = {}
      for (const [name, cost] of contenders) row[name] = await cost(passes.get(name) ?? 1)
      costs.push(row)
    }
    const names = contenders.map(([name]) => name)
    const medians = (read: (row: typeof costs[number], name: Contender) => number): Partial<Record<Contender, number>> =>
      Object.fromEntries(names.map(name => [name, median(costs.map(row => read(row, name)))]))
    return {
      format,
      megapixels,
      bytesPerPicture: bytes / paths.length,
      cpuMs: medians((row, name) => row[name]?.cpuMs ?? Number.NaN),
      wallMs: medians((row, name) => row[name]?.wallMs ?? Number.NaN),
      times: medians((row, name) => (row[name]?.cpuMs ?? Number.NaN) / (row.keersluis?.cpuMs ?? Number.NaN))
    }
  }

  async close (): Promise<void> {
    await Promise.all(Object.values(this.#engines).map(async engine => { await engine.close() }))
  }

  #contendersFor ({ format, paths }: PictureSet): Array<readonly [Contender, Measure]> {
    const { keersluis, sharp, naive, digests } = this.#engines
    const floor = this.#floor
    const over = (contender: { cost: NativeFloor['cost'] }, files: readonly string[]): Measure => async passes => await contender.cost(files, passes)
    return [
      ['keersluis', over(keersluis, paths)],
      ['sharp', over(sharp, paths)],
      ['naive', over(naive, paths.slice(1))],
      ['naiveEven', over(naive, paths.slice(0, 1))],
      ['digests', over(digests, paths)],
      ...(floor === undefined || format !== 'jpeg' ? [] : [['floor', over(floor, paths)] as const])
    ]
  }
}

/** @returns how many passes fill a batch */
async function warmUp (cost: Measure, batchMs: number, batches: number): Promise<number> {
  const start = performance.now()
  await cost(1)
  let passes = Math.ceil(batchMs / (performance.now() - start))
  for (let batch = 0; batch < batches; batch++) {
    const began = performance.now()
    await cost(passes)
    passes = Math.max(1, Math.ceil(passes * batchMs / (performance.now() - began)))
  }
  return passes
}
