import type { SearchPlan } from '#keersluis/pipeline/search.js'
import type { Stretch } from './figures.js'
import { OrderedProcess } from '../frame/ordered-process.js'
import type { WindowTimes } from './window.js'

const program = new URL('./bare-process.js', import.meta.url)

/** One stretch of work for the bare pipeline. */
export interface BareOrder extends WindowTimes {
  /** Worked through in turn. */
  files: string[]
  inFlight: number
}

/** The pipeline without HTTP in a process of its own, on the index of a snapshot that a gate has left. */
export class BarePipeline {
  readonly #process: OrderedProcess<BareOrder, Stretch>

  private constructor (process: OrderedProcess<BareOrder, Stretch>) {
    this.#process = process
  }

  static async start (snapshot: string, plan: SearchPlan, workers: number): Promise<BarePipeline> {
    return new BarePipeline(await OrderedProcess.start(program, [snapshot, JSON.stringify(plan), String(workers)]))
  }

  async run (files: string[], inFlight: number, warmS: number, windowS: number): Promise<Stretch> {
    return await this.#process.give({ files, inFlight, warmS, windowS })
  }

  async stop (): Promise<void> {
    await this.#process.stop()
  }
}
