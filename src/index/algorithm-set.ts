import { growingPart } from './growing-part.js'
import type { GrowingPart } from './growing-part.js'
import type { Algorithm, IndexEntry } from './hash-index.js'
import { chooseMerge, chooseWhileLoading } from './merge-policy.js'
import type { MergeLimits } from './merge-policy.js'
import { bury, countEntries } from './part.js'
import type { Part, PartCounts } from './part.js'
import type { ReaderCache } from './segmented-reader.js'

interface Counted extends PartCounts {
  part: Part
}

/** The block that takes what is added now, and the tombstone bit of each live entry in it. */
interface ActiveBlock {
  block: GrowingPart
  counted: Counted
  bits: Map<number, number>
}

function counted (part: Part): Counted {
  return { part, ...countEntries(part) }
}

/** Entries that a live block holds at most; a merge is due long before. */
const blockEntriesMax = 65_536

/**
 * The parts that hold the entries of one algorithm: segments with search tables, blocks that wait for a merge, and the block that
 * takes what is added now. Used by the one writer only.
 */
export class AlgorithmSet {
  readonly algorithm: Algorithm
  readonly #cache: ReaderCache
  readonly #partsChanged: () => void
  #segments: Counted[] = []
  #blocks: Counted[] = []
  #active: ActiveBlock | undefined
  /** Removed since the running merge, if any, started: its result may still hold them. */
  #removedMeanwhile: IndexEntry[] | undefined

  /** `partsChanged` is called when the list of parts has changed, before anything is added to a new one. */
  constructor (algorithm: Algorithm, cache: ReaderCache, partsChanged: () => void) {
    this.algorithm = algorithm
    this.#cache = cache
    this.#partsChanged = partsChanged
  }

  get parts (): Part[] { return this.#all().map(({ part }) => part) }
  get segments (): number { return this.#segments.length }
  get entries (): number { return this.#all().reduce((sum, { entries }) => sum + entries, 0) }
  get tombstones (): number { return this.#all().reduce((sum, { buried }) => sum + buried, 0) }
  get deltaEntries (): number { return this.#pending().reduce((sum, { entries }) => sum + entries, 0) }

  /** Appends the entry unless it is there. */
  add (entry: IndexEntry): void {
    const query = this.#cache.queryOf(this.algorithm, entry.value)
    if (this.#active?.bits.has(entry.entryId) === true || this.#locate(query, entry.entryId) !== undefined) return
    const active = this.#activeWithRoom()
    active.bits.set(entry.entryId, active.block.append(query, entry.entryId))
    active.counted.entries++
  }

  /** Makes the entry unfindable if it is there. */
  remove (entry: IndexEntry): void {
    this.#removedMeanwhile?.push(entry)
    const bit = this.#active?.bits.get(entry.entryId)
    if (this.#active !== undefined && bit !== undefined) {
      this.#active.bits.delete(entry.entryId)
      this.#bury(this.#active.counted, bit)
      return
    }
    const place = this.#locate(this.#cache.queryOf(this.algorithm, entry.value), entry.entryId)
    if (place !== undefined) this.#bury(place.counted, place.bit)
  }

  /** Takes in parts that were filled or loaded elsewhere. */
  accept (parts: readonly Part[]): void {
    for (const part of parts) (part.kind === 'tables' ? this.#segments : this.#blocks).push(counted(part))
    this.#partsChanged()
  }

  /** Nothing is added to the present block any more; the next entry opens another. */
  freeze (): void {
    if (this.#active === undefined) return
    this.#blocks.push(this.#active.counted)
    this.#active = undefined
  }

  /** The parts that a merge should replace now, frozen; undefined when there is nothing to do. */
  startMerge (limits: MergeLimits, loading: boolean): Part[] | undefined {
    const pending = this.#pending()
    const chosen = loading ? chooseWhileLoading(pending, limits) : chooseMerge(this.#segments, pending, limits)
    if (chosen === undefined) return undefined
    this.freeze()
    this.#removedMeanwhile = []
    return [...chosen.flatMap((i) => this.#segments[i] ?? []), ...this.#blocks].map(({ part }) => part)
  }

  /** Puts `merged` in the place of `sources`, after burying in it what was removed while it was made. */
  finishMerge (sources: readonly Part[], merged: readonly Part[]): void {
    const replaced = new Set(sources.map((part) => part.id))
    const left = ({ part }: Counted): boolean => !replaced.has(part.id)
    for (const entry of this.#removedMeanwhile ?? []) {
      const query = this.#cache.queryOf(this.algorithm, entry.value)
      for (const part of merged) {
        const bit = this.#cache.partReader(part).locate(query, entry.entryId)
        if (bit !== undefined) bury(part.memory, bit)
      }
    }
    this.#removedMeanwhile = undefined
    this.#segments = [...this.#segments.filter(left), ...merged.map(counted)]
    this.#blocks = this.#blocks.filter(left)
    this.#partsChanged()
  }

  /** The merge that was started will not end: everything stays as it is. */
  abandonMerge (): void { this.#removedMeanwhile = undefined }

  #pending (): Counted[] {
    return this.#active === undefined ? this.#blocks : [...this.#blocks, this.#active.counted]
  }

  #all (): Counted[] { return [...this.#segments, ...this.#pending()] }

  #activeWithRoom (): ActiveBlock {
    if (this.#active?.block.full === true) this.freeze()
    if (this.#active !== undefined) return this.#active
    const block = growingPart(this.algorithm, blockEntriesMax)
    this.#active = { block, counted: counted(block.part), bits: new Map() }
    this.#partsChanged()
    return this.#active
  }

  /** Where the entry lives outside the active block. */
  #locate (query: Uint32Array, entryId: number): { counted: Counted, bit: number } | undefined {
    for (const candidate of [...this.#segments, ...this.#blocks]) {
      const bit = this.#cache.partReader(candidate.part).locate(query, entryId)
      if (bit !== undefined) return { counted: candidate, bit }
    }
    return undefined
  }

  #bury (place: Counted, bit: number): void {
    bury(place.part.memory, bit)
    place.entries--
    place.buried++
  }
}
