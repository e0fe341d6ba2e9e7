import { OrderedProcess } from '../frame/ordered-process.js'
import type { EngineName } from './engines.js'
import type { StageTimes } from './stages.js'

const program = new URL('./engine-process.js', import.meta.url)

export type EngineOrder =
  | { kind: 'hash', paths: readonly string[], passes: number }
  | { kind: 'stages', paths: readonly string[] }

/** Of one picture, as a mean over all that were hashed. */
export interface Cost {
  cpuMs: number
  wallMs: number
}

/** An engine in a process of its own: it hashes files one after the other and says what that cost. */
export class EngineProcess {
  readonly #process: OrderedProcess<EngineOrder, Cost | StageTimes>

  private constructor (process: OrderedProcess<EngineOrder, Cost | StageTimes>) {
    this.#process = process
  }

  static async start (name: EngineName): Promise<EngineProcess> {
    return new EngineProcess(await OrderedProcess.start(program, [name]))
  }

  async cost (paths: readonly string[], passes: number): Promise<Cost> {
    return await this.#process.give({ kind: 'hash', paths, passes }) as Cost
  }

  async stages (paths: readonly string[]): Promise<StageTimes> {
    return await this.#process.give({ kind: 'stages', paths }) as StageTimes
  }

  async close (): Promise<void> {
    await this.#process.stop()
  }
}
