import { median } from '../frame/percentiles.js'
import { EngineProcess, type Cost } from './engine.js'
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

/** One of them over its files. */
interface Entrant {
  name: Contender
  files: number
  measure (passes: number): Promise<Cost>
}

/** The contenders, each in a process of its own, for all cells. */
export class Contest {
  readonly #engines: Readonly<Record<EngineName, EngineProcess>>
  readonly #floor: NativeFloor | undefined

  private constructor (engines: Readonly<Record<EngineName, EngineProcess>>, floor: NativeFloor | undefined) {
    this.#engines = engines
    this.#floor = floor
  }

  static async open (floor: NativeFloor | undefined): Promise<Contest> {
    const engines = await Promise.all(engineNames.map(async name => [name, await EngineProcess.start(name)] as const))
    return new Contest(Object.fromEntries(engines) as Record<EngineName, EngineProcess>, floor)
  }

  /** Small pictures take the compiler there soonest. */
  async warmUp ({ paths }: PictureSet): Promise<void> {
    for (const name of engineNames) {
      const start = performance.now()
      while (performance.now() - start < warmUpMs[name]) await this.#engines[name].cost(paths, warmUpPasses)
    }
  }

  /** All contenders over the same files, one after the other, round after round: what disturbs one disturbs all. */
  async measure (set: PictureSet, rounds: number): Promise<CellFigures> {
    const { format, megapixels, paths, bytes } = set
    const entrants = this.#entrantsFor(set)
    const passes = new Map<Contender, number>()
    for (const { name, files, measure } of entrants) passes.set(name, Math.max(1, Math.round(batchMs / files / (await measure(1)).wallMs)))
    const costs: Array<Partial<Record<Contender, Cost>>> = []
    for (let round = 0; round < rounds; round++) {
      const row: Partial<Record<Contender, Cost>> = {}
      for (const { name, measure } of entrants) {
        const takesPart = !slow.includes(name) || (format === 'jpeg' ? round % slowRounds === 0 : round === 0)
        if (takesPart) row[name] = await measure(passes.get(name) ?? 1)
      }
      costs.push(row)
    }
    const times = (name: Contender, read: (cost: Cost) => number): number[] => costs.flatMap(row => row[name] === undefined ? [] : [read(row[name])])
    const over = (read: (name: Contender) => number): Partial<Record<Contender, number>> => Object.fromEntries(entrants.map(({ name }) => [name, read(name)]))
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

  #entrantsFor ({ format, paths }: PictureSet): Entrant[] {
    const floor = this.#floor
    const engine = (name: EngineName, files = paths): Entrant => ({ name, files: files.length, measure: async passes => await this.#engines[name].cost(files, passes) })
    // Neither sharp nor libjpeg-turbo reads it.
    if (format === 'heic') return [engine('keersluis'), engine('digests')]
    const floors = floor === undefined || format !== 'jpeg'
      ? []
      : (['grey', 'colour'] as const).map((planes): Entrant =>
          ({ name: planes === 'grey' ? 'floor' : 'floorColour', files: paths.length, measure: async passes => await floor.cost(planes, paths, passes) }))
    return [engine('sharp'), engine('keersluis'), ...floors, engine('naive', paths.slice(1)), { ...engine('naive', paths.slice(0, 1)), name: 'naiveEven' }, engine('digests')]
  }
}
