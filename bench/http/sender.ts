import type { Stretch } from './figures.js'
import type { Load } from './load.js'
import { OrderedProcess } from '../frame/ordered-process.js'
import type { Overload, OverloadOrder } from './overload.js'

const program = new URL('./sender-process.js', import.meta.url)

export type SenderOrder = { kind: 'closedLoop', load: Load } | { kind: 'overload', order: OverloadOrder }

/**
 * Sends to the gate from a process of its own: what this one keeps for the report would make the pauses of its collector longer, and
 * an answer that waits for them would look late.
 */
export class Sender {
  readonly #process: OrderedProcess<SenderOrder, Stretch | Overload>

  private constructor (process: OrderedProcess<SenderOrder, Stretch | Overload>) {
    this.#process = process
  }

  static async start (): Promise<Sender> {
    return new Sender(await OrderedProcess.start(program, []))
  }

  async closedLoop (load: Load): Promise<Stretch> {
    return await this.#process.give({ kind: 'closedLoop', load }) as Stretch
  }

  async overload (order: OverloadOrder): Promise<Overload> {
    return await this.#process.give({ kind: 'overload', order }) as Overload
  }

  async stop (): Promise<void> {
    await this.#process.stop()
  }
}
