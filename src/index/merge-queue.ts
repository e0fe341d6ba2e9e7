import type { AlgorithmSet } from './algorithm-set.js'
import type { Background } from './background.js'
import type { MergeLimits } from './merge-policy.js'
import type { Part } from './part.js'

export interface MergeSettings extends MergeLimits {
  /** Takes the place of `pendingEntriesMax` while a bulk load lasts. */
  loadingEntriesMax: number
  onProblem: (error: unknown) => void
}

const pauseMax = 1_023

/** Runs the merges that are due, one at a time, and swaps each result in between two calls of the writer. */
export class MergeQueue {
  readonly #sets: readonly AlgorithmSet[]
  readonly #background: Background
  readonly #settings: MergeSettings
  /** Bulk loads that have not ended. */
  loads = 0
  #running: Promise<void> | undefined
  #failure: { error: unknown } | undefined
  #stopped = false
  #done = 0
  /** Changes to let pass before the next try. Doubles with each failure: a merge that cannot work is not tried at every change. */
  #pause = 0
  #changesToSkip = 0

  constructor (sets: readonly AlgorithmSet[], background: Background, settings: MergeSettings) {
    this.#sets = sets
    this.#background = background
    this.#settings = settings
  }

  /** Merges finished. */
  get done (): number { return this.#done }

  /** Called after every change: starts a merge if one is due and none runs. */
  wake (): void {
    if (this.#changesToSkip > 0) this.#changesToSkip--
    else this.#start()
  }

  #start (): void {
    if (this.#running !== undefined || this.#stopped) return
    const { pendingEntriesMax, loadingEntriesMax, rowsMax } = this.#settings
    const loading = this.loads > 0
    const limits = { pendingEntriesMax: loading ? loadingEntriesMax : pendingEntriesMax, rowsMax }
    for (const set of this.#sets) {
      const sources = set.startMerge(limits, loading)
      if (sources === undefined) continue
      this.#running = this.#merge(set, sources)
      return
    }
  }

  stop (): void { this.#stopped = true }

  /** @throws what the last merge failed with. */
  async settled (): Promise<void> {
    while (this.#running !== undefined) await this.#running
    if (this.#failure !== undefined) throw this.#failure.error
  }

  async #merge (set: AlgorithmSet, sources: readonly Part[]): Promise<void> {
    try {
      const { algorithm } = set
      const merged = await this.#background.run<'merge'>({ kind: 'merge', algorithm, sources, rowsMax: this.#settings.rowsMax })
      if (this.#stopped) return
      set.finishMerge(sources, merged)
      this.#done++
      this.#pause = 0
      this.#failure = undefined
    } catch (error) {
      set.abandonMerge()
      if (this.#stopped) return
      this.#pause = Math.min(pauseMax, 2 * this.#pause + 1)
      this.#changesToSkip = this.#pause
      this.#failure = { error }
      this.#settings.onProblem(error)
    } finally {
      this.#running = undefined
      if (this.#changesToSkip === 0) this.#start()
    }
  }
}
