import { median } from '../frame/percentiles.js'
import type { Cost } from './engine-process.js'
import { EngineProcess } from './engine.js'
import { engineNames, type EngineName } from './engines.js'
import type { NativeFloor } from './native-floor.js'
import type { MeasuredFormat, PictureSet } from './pictures.js'

/** What is measured side by side. The floors read JPEG only; `naiveEven` is the naive way where both sides divide by 16. */
export type Contender = EngineName | 'naiveEven' | 'floor' | 'floorColour'

/** One format in one size. */
export interface CellFigures {
  format: MeasuredFormat
  megapixels: number
  bytesPerPicture: number
  /** Processor milliseconds a picture, in the fastest round. */
  cpuMs: Partial<Record<Contender, number>>
  /** Milliseconds a picture, the median of the rounds. */
  wallMs: Partial<Record<Contender, number>>
  /** Another's processor time over ours. */
  times: Partial<Record<Contender, number>>
}

/** Of one contender in one round: many files, and yet so short that what disturbs the machine meets all of a round alike. */
const batchMs = 250
/** A gate runs for weeks; the compiler goes on improving code for some thousand pictures, the more code the longer. */
const warmUpMs: Readonly<Record<EngineName, number>> = { keersluis: 4_000, sharp: 1_500, naive: 500, digests: 500 }
const warmUpPasses = 20
/** The slow ones are nowhere near a limit: they take part in every so many rounds, and only once where nothing is promised. */
const slow: readonly Contender[] = ['naive', 'naiveEven', 'digests']
const slowRounds = 4

type Measure = (passes: number) => Promise<Cost>

/** The contenders, each in a process of its own, for all cells. */
export class Contest {
  readonly #engines = Object.fromEntries(engineNames.map(name => [name, new EngineProcess(name)])) as Record<EngineName, EngineProcess>
  readonly #floor: NativeFloor | undefined

  constructor (floor: NativeFloor | undefined) {
    this.#floor = floor
  }

  /** Small pictures take the compiler there soonest. */
  async warmUp ({ paths }: PictureSet): Promise<void> {
    for (const name of engineNames) await work(async () => await this.#engines[name].cost(paths, warmUpPasses), warmUpMs[name])
  }

  /** All contenders over the same files, one after the other, round after round: what disturbs one disturbs all. */
  async measure (set: PictureSet, rounds: number): Promise<CellFigures> {
    const { format, megapixels, paths, bytes } = set
    const contenders = this.#contendersFor(set)
    const passes = new Map<Contender, number>()
    for (const [name, cost] of contenders) passes.set(name, await work(cost, batchMs))
    const costs: Array<Partial<Record<Contender, Cost>>> = []
    for (let round = 0; round < rounds; round++) {
      const row: Partial<Record<Contender, Cost>> = {}
      for (const [name, cost] of contenders) {
        const takesPart = !slow.includes(name) || (format === 'jpeg' ? round % slowRounds === 0 : round === 0)
        if (takesPart) row[name] = await cost(passes.get(name) ?? 1)
      }
      costs.push(row)
    }
    const times = (name: Contender, read: (cost: Cost) => number): number[] => costs.flatMap(row => row[name] === undefined ? [] : [read(row[name])])
    const over = (read: (name: Contender) => number): Partial<Record<Contender, number>> => Object.fromEntries(contenders.map(([name]) => [name, read(name)]))
    // Whatever else the machine does can only add to the processor time of a batch.
    const cpuMs = over(name => Math.min(...times(name, cost => cost.cpuMs)))
    return {
      format,
      megapixels,
      bytesPerPicture: bytes / paths.length,
      cpuMs,
      wallMs: over(name => median(times(name, cost => cost.wallMs))),
      times: over(name => (cpuMs[name] ?? Number.NaN) / (cpuMs.keersluis ?? Number.NaN))
    }
  }

  async close (): Promise<void> {
    await Promise.all(Object.values(this.#engines).map(async engine => { await engine.close() }))
  }

  #contendersFor ({ format, paths }: PictureSet): Array<readonly [Contender, Measure]> {
    const { keersluis, sharp, naive, digests } = this.#engines
    const floor = this.#floor
    const over = (contender: { cost: (files: readonly string[], passes: number) => Promise<Cost> }, files: readonly string[]): Measure =>
      async passes => await contender.cost(files, passes)
    // Neither sharp nor libjpeg-turbo reads it.
    if (format === 'heic') return [['keersluis', over(keersluis, paths)], ['digests', over(digests, paths)]]
    const floors = (['grey', 'colour'] as const).map((planes): readonly [Contender, Measure] =>
      [planes === 'grey' ? 'floor' : 'floorColour', async passes => await floor?.cost(planes, paths, passes) ?? unmeasured])
    return [
      ['sharp', over(sharp, paths)],
      ['keersluis', over(keersluis, paths)],
      ...(floor === undefined || format !== 'jpeg' ? [] : floors),
      ['naive', over(naive, paths.slice(1))],
      ['naiveEven', over(naive, paths.slice(0, 1))],
      ['digests', over(digests, paths)]
    ]
  }
}

const unmeasured: Cost = { cpuMs: Number.NaN, wallMs: Number.NaN }

/** Works for about so long. @returns how many calls of one pass fit into it, at least one */
async function work (cost: Measure, forMs: number): Promise<number> {
  const start = performance.now()
  let passes = 0
  do {
    await cost(1)
    passes++
  } while (performance.now() - start < forMs)
  return passes
}
