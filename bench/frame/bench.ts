/** What a cell shows: texts as they are, numbers to three digits, nothing finite as a dash. */
export type Cell = string | number

export interface Table {
  title: string
  /** Dataset, command and whatever else a reader needs to judge the rows. */
  note?: string
  columns: readonly string[]
  rows: ReadonlyArray<readonly Cell[]>
}

/** Grouped bars: one group for each label, one bar in it for each series; `stacked` puts the series of a label into one bar. */
export interface BarPlot {
  kind: 'bars'
  title: string
  unit: string
  stacked?: boolean
  /** Values that a reader should see against the bars, such as a target. */
  marks?: ReadonlyArray<{ at: number, label: string }>
  labels: readonly string[]
  series: ReadonlyArray<{ name: string, values: readonly number[] }>
}

/** Lines through points; either axis may be logarithmic. */
export interface LinePlot {
  kind: 'lines'
  title: string
  xLabel: string
  yLabel: string
  logX?: boolean
  logY?: boolean
  series: ReadonlyArray<{ name: string, points: ReadonlyArray<readonly [x: number, y: number]> }>
}

/** Shares over equal bins, one outline for each series: for distance distributions. */
export interface HistogramPlot {
  kind: 'histogram'
  title: string
  xLabel: string
  /** Values of x that a reader should see against the bins, such as a block distance. */
  marks?: ReadonlyArray<{ at: number, label: string }>
  binWidth: number
  series: ReadonlyArray<{ name: string, counts: readonly number[] }>
}

export type Plot = BarPlot | LinePlot | HistogramPlot

/** One figure that the project promises, beside what this run gave. */
export interface Target {
  what: string
  /** What it was measured on, where a bench has several things to measure on: said once above all its targets. */
  group?: string
  wanted: string
  measured: string
  /** `undefined` where this run cannot judge it, for example because n is too small. */
  reached: boolean | undefined
}

export interface BenchResult {
  title: string
  /** One sentence for a reader in a hurry. */
  headline: string
  /** Datasets, options and versions beyond the machine, which the report adds itself. */
  conditions: readonly string[]
  tables: readonly Table[]
  plots: readonly Plot[]
  targets: readonly Target[]
}

export interface BenchRun {
  /** True where all benches run one after the other in less than ten minutes. */
  quick: boolean
  options: Readonly<Record<string, string | boolean | undefined>>
  /** Shown on stderr: a bar on a terminal, a line now and then elsewhere. */
  progress (done: number, total: number, what: string): void
}

/** A flag of a bench. */
export interface BenchOption {
  type: 'string' | 'boolean'
  default?: string | boolean
  /** One line for `--help`: what it is, its unit, what it takes, and what it is where it is not given. */
  about: string
}

/** What a bench is asked for. */
export type BenchWish = Pick<BenchRun, 'quick' | 'options'>

/**
 * One subject of `npm run bench`. It runs in a process of its own, whose temporary folder (`os.tmpdir()`) is removed
 * behind it; it talks to 127.0.0.1 only and is bounded in time.
 */
export interface Bench {
  name: BenchName
  /** One line for `--help`. */
  summary: string
  /** Flags of this bench besides `--quick`, `--out DIR` and `--json`. */
  options: Readonly<Record<string, BenchOption>>
  /**
   * Looks at the flags of all benches before any of them starts, so that a typing error costs no hours and no report.
   * @throws BenchUsageError where a flag has a value that makes no sense
   */
  check (wish: BenchWish): void | Promise<void>
  /** @throws BenchUsageError for what only the run can find out; anything else thrown is a broken bench. */
  run (run: BenchRun): Promise<BenchResult>
}

export const benchNames = ['hash', 'index', 'http', 'video', 'robustness'] as const
export type BenchName = typeof benchNames[number]

/** A flag's value makes no sense; the message is one sentence that says what it takes. */
export class BenchUsageError extends Error {}
