import type { Cost } from './engine-process.js'
import { EngineProcess } from './engine.js'
import { engineNames } from './engines.js'
import type { NativeFloor } from './native-floor.js'
import type { Format, PictureSet } from './pictures.js'

/** What is measured side by side; the floor reads JPEG only. */
export type Contender = typeof engineNames[number] | 'floor'

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

/** Long against the ten milliseconds in which a child's processor time is counted. */
const batchMsMin = 400

type Measure = (paths: readonly string[], passes: number) => Promise<Cost>

/** The contenders, each in a process of its own, for all cells. */
export class Contest {
  readonly #engines = engineNames.map(name => [name, new EngineProcess(name)] as const)
  readonly #floor: NativeFloor | undefined

  constructor (floor: NativeFloor | undefined) {
    this.#floor = floor
  }

  /** All contenders over the same files, one after the other, round after round: what disturbs one disturbs all. */
  async measure ({ format, megapixels, paths, bytes }: PictureSet, rounds: number): Promise<CellFigures> {
    const contenders = this.#contendersFor(format)
    const passes = new Map<Contender, number>()
    for (const [name, cost] of contenders) {
      const { wallMs } = await cost(paths, 1)
      passes.set(name, Math.ceil(batchMsMin / (wallMs * paths.length)))
    }
    const costs: Array<Partial<Record<Contender, Cost>>> = []
    for (let round = 0; round < rounds; round++) {
      const row: Partial<Record<Contender, Cost>> = {}
      for (const [name, cost] of contenders) row[name] = await cost(paths, passes.get(name) ?? 1)
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
    await Promise.all(this.#engines.map(async ([, engine]) => { await engine.close() }))
  }

  #contendersFor (format: Format): Array<readonly [Contender, Measure]> {
    const engines = this.#engines.map(([name, engine]) => [name, engine.cost.bind(engine)] as const)
    return this.#floor === undefined || format !== 'jpeg' ? engines : [...engines, ['floor', this.#floor.cost] as const]
  }
}

export function median (values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length / 2
  return ((sorted[Math.ceil(middle) - 1] ?? Number.NaN) + (sorted[Math.floor(middle)] ?? Number.NaN)) / 2
}
