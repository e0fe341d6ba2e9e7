import type { HashIndex } from '../index/hash-index.js'
import type { Store } from '../store/store.js'
import type { ChangeQueue } from './change-queue.js'
import { storeMark } from './fill-index.js'

export interface SnapshotRules {
  folder: string
  /** How often it is looked whether a snapshot is due. */
  lookEveryMs: number
  /** A change waits no longer than this for a snapshot. */
  changeMsMax: number
  /** With so many entries more or fewer, a snapshot is due at once. */
  changedEntriesMax: number
  onProblem (error: unknown): void
}

/** Saves the index from time to time, so that a gate that was killed starts from it and reads only what is newer from the store. */
export class Snapshots {
  readonly #store: Store
  readonly #index: HashIndex
  readonly #changes: ChangeQueue
  readonly #rules: SnapshotRules
  readonly #timer: NodeJS.Timeout
  #saved = { atMs: performance.now(), state: '', entries: 0 }
  #saving: Promise<void> | undefined

  constructor (store: Store, index: HashIndex, changes: ChangeQueue, rules: SnapshotRules) {
    this.#store = store
    this.#index = index
    this.#changes = changes
    this.#rules = rules
    this.#timer = setInterval(() => { this.saveIfDue().catch(rules.onProblem) }, rules.lookEveryMs)
    this.#timer.unref()
  }

  /** Saves where enough has changed, or long enough ago. A save that fails is reported and tried again. */
  async saveIfDue (): Promise<void> {
    const { state, entries } = this.#now()
    const waitedMs = performance.now() - this.#saved.atMs
    const due = state !== this.#saved.state &&
      (waitedMs >= this.#rules.changeMsMax || Math.abs(entries - this.#saved.entries) >= this.#rules.changedEntriesMax)
    if (due && this.#saving === undefined) await this.#save()
  }

  /** Ends the timer and saves what is not saved. */
  async close (): Promise<void> {
    clearInterval(this.#timer)
    await this.#saving
    if (this.#now().state !== this.#saved.state) await this.#save()
  }

  async #save (): Promise<void> {
    this.#saving = this.#write()
    try {
      await this.#saving
    } catch (error) {
      this.#rules.onProblem(error)
    } finally {
      this.#saving = undefined
    }
  }

  async #write (): Promise<void> {
    // In a turn of its own, so that the mark of the store and the content of the index belong together.
    const { now, written } = await this.#changes.run(async () => {
      const mark = await storeMark(this.#store)
      return { now: this.#now(), written: this.#index.saveSnapshot(this.#rules.folder, mark) }
    })
    await written
    this.#saved = { atMs: performance.now(), ...now }
  }

  /** A merge changes no entry, but the segments that a start would read. */
  #now (): { state: string, entries: number } {
    const { version, merges, entries } = this.#index.stats()
    return { state: `${version} ${merges}`, entries: Object.values(entries).reduce((sum, count) => sum + count, 0) }
  }
}
