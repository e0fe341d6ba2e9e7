import type { BenchName, BenchResult } from './bench.js'

/** What the figures were measured on. */
export interface Machine {
  processor: string
  /** Processors that this process may use. */
  threads: number
  memoryGiB: number
  system: string
  /** Waiting and running processes over the last minute, at the start: over half of one for each processor, figures are low. */
  loadAtStart: number
  versions: Readonly<Record<string, string>>
}

/** What came of one bench: figures, or one sentence on why there are none. */
export interface BenchRecord {
  name: BenchName
  elapsedS: number
  result?: BenchResult
  failure?: string
}

/** One call of the bench command. */
export interface RunRecord {
  command: string
  startedAt: string
  quick: boolean
  machine: Machine
  benches: readonly BenchRecord[]
}
