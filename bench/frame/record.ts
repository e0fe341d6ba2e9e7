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
  /** The run has not come to its end, or never will. */
  missing?: true
}

/** One call of the bench command. */
export interface RunRecord {
  command: string
  startedAt: string
  quick: boolean
  machine: Machine
  /** Every bench that was asked for, the missing ones as well. */
  benches: readonly BenchRecord[]
  /** Somebody stopped it. */
  interrupted?: true
}

export function missingNames ({ benches }: RunRecord): BenchName[] {
  return benches.filter(({ missing }) => missing === true).map(({ name }) => name)
}
