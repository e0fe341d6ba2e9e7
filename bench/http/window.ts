import type { Stretch } from './figures.js'
import { processorS } from './processes.js'

/** When a closed loop is measured. */
export interface WindowTimes {
  /** Seconds before the window opens. */
  warmS: number
  /** Seconds at the least: it closes after a whole number of passes through the pieces, so that no window has the larger ones. */
  windowS: number
}

export interface WindowPlan extends WindowTimes {
  /** Pieces of one pass. */
  passPieces: number
}

/** A pass that takes longer is cut short. */
const passSMax = 30

/** Opens with the end of the first piece after the warm-up, and counts what ends after it. */
export class Window {
  readonly #pid: number
  readonly #plan: WindowPlan
  readonly #opensAt: number
  readonly #elapsedMs: number[] = []
  #failed = 0
  #opened: Moment | undefined
  #closed: Moment | undefined

  /** `pid` is the process whose tree does the work. */
  constructor (pid: number, plan: WindowPlan) {
    this.#pid = pid
    this.#plan = plan
    this.#opensAt = performance.now() + plan.warmS * 1_000
  }

  /** Seconds from the start after which it is closed in any case. */
  static secondsMax ({ warmS, windowS }: WindowTimes): number { return warmS + windowS + passSMax }

  get isClosed (): boolean { return this.#closed !== undefined }

  /** One piece is done, or has failed. */
  note (elapsedMs: number, succeeded: boolean): void {
    const now = performance.now()
    if (this.isClosed || now < this.#opensAt) return
    if (this.#opened === undefined) {
      this.#opened = this.#moment(now)
      return
    }
    if (succeeded) this.#elapsedMs.push(elapsedMs)
    else this.#failed++
    const openS = (now - this.#opened.at) / 1_000
    const isWhole = (this.#elapsedMs.length + this.#failed) % this.#plan.passPieces === 0
    if ((isWhole && openS >= this.#plan.windowS) || openS >= this.#plan.windowS + passSMax) this.close()
  }

  /** Ends it where it stands. */
  close (): void {
    if (this.#opened !== undefined) this.#closed ??= this.#moment(performance.now())
  }

  /** @throws Error where it was never open */
  stretch (): Stretch {
    const [opened, closed] = [this.#opened, this.#closed]
    if (opened === undefined || closed === undefined) throw new Error('Nothing was done within the window.')
    return {
      done: this.#elapsedMs.length,
      windowS: (closed.at - opened.at) / 1_000,
      elapsedMs: this.#elapsedMs.sort((a, b) => a - b),
      processorS: closed.processorS - opened.processorS,
      senderS: closed.ownS - opened.ownS,
      failed: this.#failed
    }
  }

  #moment (at: number): Moment {
    const { user, system } = process.cpuUsage()
    return { at, processorS: processorS(this.#pid), ownS: (user + system) / 1e6 }
  }
}

interface Moment {
  at: number
  /** Processor seconds until then: of what is measured, and of this process. */
  processorS: number
  ownS: number
}
