import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const readyMsMax = 120_000

/** A program of this folder that says when it is ready, and then answers one order after the other. */
export class OrderedProcess<Order extends object, Answer> {
  readonly #child: ChildProcess
  /** Rejects when the process is gone. */
  readonly #gone: Promise<never>

  private constructor (name: string, child: ChildProcess) {
    this.#child = child
    this.#gone = once(child, 'exit').then(() => { throw new Error(`${name} ended early.`) })
    this.#gone.catch(() => {})
  }

  static async start<Order extends object, Answer> (name: string, args: readonly string[]): Promise<OrderedProcess<Order, Answer>> {
    const child = fork(fileURLToPath(new URL(`./${name}.js`, import.meta.url)), args, { env: {}, serialization: 'advanced' })
    const started = new OrderedProcess<Order, Answer>(name, child)
    const timer = setTimeout(() => child.kill('SIGKILL'), readyMsMax)
    try {
      await Promise.race([once(child, 'message'), started.#gone])
      return started
    } finally {
      clearTimeout(timer)
    }
  }

  async give (order: Order): Promise<Answer> {
    const answered = Promise.race([once(this.#child, 'message'), this.#gone])
    this.#child.send(order)
    const [answer] = await answered as [Answer]
    return answer
  }

  async stop (): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const exited = once(this.#child, 'exit')
    this.#child.disconnect()
    await exited
  }
}

/** The other side: calls `work` with each order; an order that fails ends the process. */
export function takeOrders<Order, Answer> (work: (order: Order) => Promise<Answer>): void {
  process.on('message', (order: Order) => {
    work(order).then(answer => process.send?.(answer), (error: unknown) => { throw error })
  })
  process.once('disconnect', () => { process.exit() })
  process.send?.('ready')
}
