import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'

const readyMsMax = 120_000

/** A program that says when it is ready, and then answers one order after the other. None feels the heap or the compiled code of another. */
export class OrderedProcess<Order extends object, Answer> {
  readonly #child: ChildProcess
  /** Rejects when the process is gone. */
  readonly #gone: Promise<never>

  private constructor (name: string, child: ChildProcess) {
    this.#child = child
    this.#gone = once(child, 'exit').then(() => { throw new Error(`${name} ended early.`) })
    this.#gone.catch(() => {})
  }

  static async start<Order extends object, Answer> (program: URL, args: readonly string[]): Promise<OrderedProcess<Order, Answer>> {
    const path = fileURLToPath(program)
    const child = fork(path, args, { env: {}, serialization: 'advanced' })
    const started = new OrderedProcess<Order, Answer>(basename(path, '.js'), child)
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
