import { percentile } from '../frame/percentiles.js'

/** What one stretch of steady load gave; its first seconds are left out. */
export interface Stretch {
  /** Answered with 200 within the window. */
  done: number
  windowS: number
  /** Of those, in milliseconds, sorted. */
  elapsedMs: number[]
  /** Processor seconds of what was measured, and of the side that sent. */
  processorS: number
  senderS: number
  /** Answers that were not 200, broken connections. */
  failed: number
}

/** Several stretches of the same thing as one. */
export function joined (stretches: readonly Stretch[]): Stretch {
  const sum = (read: (stretch: Stretch) => number): number => stretches.reduce((total, stretch) => total + read(stretch), 0)
  return {
    done: sum(stretch => stretch.done),
    windowS: sum(stretch => stretch.windowS),
    elapsedMs: stretches.flatMap(stretch => stretch.elapsedMs).sort((a, b) => a - b),
    processorS: sum(stretch => stretch.processorS),
    senderS: sum(stretch => stretch.senderS),
    failed: sum(stretch => stretch.failed)
  }
}

export const perSecond = ({ done, windowS }: Stretch): number => done / windowS

/** What one core would do alone: pieces for each processor second of the gate and its children. */
export const perCore = ({ done, processorS }: Stretch): number => done / processorS

export const percentileMs = ({ elapsedMs }: Stretch, share: number): number => percentile(elapsedMs, share)
