import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { SearchPlan } from '#keersluis/pipeline/search.js'
import type { Stretch } from './figures.js'
import { windowUsage } from './load.js'

/** One stretch of work for the bare pipeline. */
export interface BareOrder {
  files: string[]
  inFlight: number
  warmMs: number
  windowMs: number
}

const program = fileURLToPath(new URL('./bare-process.js', import.meta.url))
const readyMsMax = 120_000

/** The pipeline without HTTP in a process of its own, on the index of a snapshot that a gate has left. */
export class BarePipeline {
  readonly #child: ChildProcess
  /** Rejects when the process is gone. */
  readonly #gone: Promise<never>

  private constructor (child: ChildProcess) {
    this.#child = child
    this.#gone = once(child, 'exit').then(() => { throw new Error('The bare pipeline ended early.') })
    this.#gone.catch(() => {})
  }

  static async start (snapshot: string, plan: SearchPlan, workers: number): Promise<BarePipeline> {
    const child = fork(program, [snapshot, JSON.stringify(plan), String(workers)], { env: {} })
    const pipeline = new BarePipeline(child)
    const timer = setTimeout(() => child.kill('SIGKILL'), readyMsMax)
    await Promise.race([once(child, 'message'), pipeline.#gone])
    clearTimeout(timer)
    return pipeline
  }

  async run (files: string[], inFlight: number, warmS: number, windowS: number): Promise<Stretch> {
    const order: BareOrder = { files, inFlight, warmMs: warmS * 1_000, windowMs: windowS * 1_000 }
    const answered = Promise.race([once(this.#child, 'message'), this.#gone])
    this.#child.send(order)
    const [[answer], used] = await Promise.all([answered, windowUsage(this.#child.pid ?? 0, order.warmMs, order.windowMs)])
    const { elapsedMs } = answer as { elapsedMs: number[] }
    elapsedMs.sort((a, b) => a - b)
    return { done: elapsedMs.length, windowS, elapsedMs, ...used, failed: 0 }
  }

  async stop (): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const exited = once(this.#child, 'exit')
    this.#child.disconnect()
    await exited
  }
}
