import { setImmediate } from 'node:timers/promises'
import { bytesToHex } from '../hash/bits.js'
import { hitsLimit, type Algorithm, type BulkLoad, type HashIndex } from '../index/hash-index.js'
import type { AddedItem, EntryWithItem, ListRecord, NewEntry, NewItem, Store } from '../store/store.js'
import { entryOf } from './bare-hash.js'
import type { ChangeQueue } from './change-queue.js'
import { collisionsOf } from './collisions.js'
import { importLines, type ImportedHash, type LineProblem } from './import-lines.js'
import type { Refusal } from './item-entries.js'
import type { Lists } from './lists.js'
import { SeenHashes } from './seen-hashes.js'

/** A line that gave nothing to search for: no hash, or one that is kept for the record only, or an exclusion next to known material. */
export type ImportProblem = LineProblem | Refusal['code'] | 'confirmCollision'

export interface ImportResult {
  lines: number
  /** Hashes that are matchable now and were not on the list before. */
  added: number
  /** Hashes that were on the list already, or earlier in the file. */
  known: number
  /** Lines by the code of what is wrong with them. */
  refused: Partial<Record<ImportProblem, number>>
  /** The first of them, without the hash. */
  refusals: Array<{ line: number, code: ImportProblem }>
  listVersion: number
}

/** Hashes that are stored and then become matchable together: a second of work, during which other changes wait. */
const chunkHashes = 65_536
/** Items stored in one transaction: a few dozen milliseconds, during which nothing else runs. */
const itemsPerTransaction = 4_000
/** Refusals that the answer names. */
const refusalsMax = 100

interface Candidate {
  hash: ImportedHash
  entry: NewEntry
}

export interface ImportRooms {
  store: Store
  index: HashIndex
  lists: Lists
  changes: ChangeQueue
}

/** Imports hash lists of any length. Memory is bounded by the index that comes of it, and the hashes of one chunk. */
export class Imports {
  readonly #rooms: ImportRooms

  constructor (rooms: ImportRooms) { this.#rooms = rooms }

  /**
   * Reads a hash list (`importLines` says how it looks) onto a list of the gate, an item for each hash. Hashes that the list has are left
   * out, so that an import that was cut short is simply repeated. All of it is matchable when this returns; what was stored when it
   * throws is, too.
   * @throws KeersluisError `unknownList`, `listReserved`, `invalidRequest`
   */
  async run (listName: string, pieces: AsyncIterable<Uint8Array>, actor: string): Promise<ImportResult> {
    const { index, lists } = this.#rooms
    const list = lists.changeable(listName)
    const bulk = index.bulk(chunkHashes)
    const one = new OneImport(this.#rooms, list, bulk, actor)
    try {
      for await (const { lines, hashes, refused } of importLines(pieces)) {
        one.result.lines += lines
        for (const { line, code } of refused) one.refuse(line, code)
        for (const hash of hashes) await one.take(hash)
      }
      await one.flush()
      return one.result
    } finally {
      bulk.abort()
    }
  }
}

/** One run: gathers a chunk, sorts out what is known, stores the rest and makes it matchable. */
class OneImport {
  readonly result: ImportResult
  readonly #rooms: ImportRooms
  readonly #list: ListRecord
  readonly #bulk: BulkLoad
  readonly #actor: string
  /** The hashes of the chunk that is being stored. */
  #seen = new SeenHashes()
  #chunk: ImportedHash[] = []

  constructor (rooms: ImportRooms, list: ListRecord, bulk: BulkLoad, actor: string) {
    this.#rooms = rooms
    this.#list = list
    this.#bulk = bulk
    this.#actor = actor
    this.result = { lines: 0, added: 0, known: 0, refused: {}, refusals: [], listVersion: rooms.index.version }
  }

  refuse (line: number, code: ImportProblem): void {
    this.result.refused[code] = (this.result.refused[code] ?? 0) + 1
    if (this.result.refusals.length < refusalsMax) this.result.refusals.push({ line, code })
  }

  async take (hash: ImportedHash): Promise<void> {
    this.#chunk.push(hash)
    if (this.#chunk.length >= chunkHashes) await this.flush()
  }

  async flush (): Promise<void> {
    const chunk = this.#chunk
    this.#chunk = []
    if (chunk.length === 0) return
    await this.#rooms.changes.run(async () => {
      this.#seen = new SeenHashes()
      const { fresh, repeated } = await this.#sorted(chunk)
      try {
        await this.#storePlain(fresh.filter(isPlain))
        await this.#storeNoted(fresh.filter(candidate => !isPlain(candidate)))
        await this.#storeNoted(await this.#notStored(repeated))
      } finally {
        this.result.listVersion = Math.max(this.result.listVersion, this.#rooms.index.version)
        this.#bulk.publish(this.result.listVersion)
      }
    })
  }

  /** Leaves out what the list has; `repeated` looks like a hash from earlier in the chunk, and is compared with it when that is stored. */
  async #sorted (chunk: readonly ImportedHash[]): Promise<{ fresh: Candidate[], repeated: Candidate[] }> {
    const fresh: Candidate[] = []
    const repeated: Candidate[] = []
    for (const hashes of slices(chunk)) {
      const onList = await this.#onList(hashes)
      for (const hash of hashes) {
        const { entry, problem } = entryOf(hash, this.#list.policy)
        if (problem !== undefined) this.refuse(hash.line, problem)
        if (onList.has(hash) || (!entry.matchable && await this.#rooms.store.hasUnmatchable(this.#list.listId, entry.algorithm, entry.value))) {
          if (entry.matchable) this.result.known++
        } else if (await this.#collides(entry)) {
          this.refuse(hash.line, 'confirmCollision')
        } else {
          (this.#seen.claim(entry.algorithm, entry.value) ? fresh : repeated).push({ hash, entry })
        }
      }
      await setImmediate()
    }
    return { fresh, repeated }
  }

  /** Those of the hashes that the list has now, whoever added them: other imports and additions go on between two chunks. */
  async #onList (hashes: readonly ImportedHash[]): Promise<Set<ImportedHash>> {
    const found = hashes.map(({ algorithm, value }) => this.#rooms.index.search(algorithm, value, 0, { hitsMax: hitsLimit }).map(hit => hit.entryId))
    const entries = await this.#entries(found.flat())
    return new Set(hashes.filter((_, i) => found[i]?.some(entryId => entries.get(entryId)?.listId === this.#list.listId)))
  }

  /** An exclusion beside known material would silence it: such a one is added by itself, and confirmed. */
  async #collides (entry: NewEntry): Promise<boolean> {
    return this.#list.kind === 'exclusion' && (await collisionsOf([entry], this.#rooms)).length > 0
  }

  /** Those that only look like an earlier hash of the chunk, and those in force whose earlier line was kept for the record only. */
  async #notStored (repeated: readonly Candidate[]): Promise<Candidate[]> {
    const different = new Map<string, Candidate>()
    for (const candidates of slices(repeated)) {
      const entries = await this.#entries(candidates.map(({ entry }) => this.#seen.entryId(entry.algorithm, entry.value)))
      for (const candidate of candidates) {
        const { algorithm, value, matchable } = candidate.entry
        const earlier = entries.get(this.#seen.entryId(algorithm, value))
        const same = earlier !== undefined && earlier.algorithm === algorithm && Buffer.compare(earlier.value, value) === 0 && (earlier.matchable || !matchable)
        const key = `${algorithm} ${bytesToHex(value)} ${matchable}`
        if (!same && !different.has(key)) different.set(key, candidate)
        else if (matchable) this.result.known++
      }
      await setImmediate()
    }
    return [...different.values()]
  }

  async #entries (entryIds: readonly number[]): Promise<Map<number, EntryWithItem>> {
    if (entryIds.length === 0) return new Map()
    return new Map((await this.#rooms.store.entriesById(entryIds)).map(entry => [entry.entryId, entry]))
  }

  /** Hashes with nothing beside them, which is nearly all of a long list: many at a time. */
  async #storePlain (candidates: readonly Candidate[]): Promise<void> {
    for (const [algorithm, values] of byAlgorithm(candidates)) {
      for (const batch of slices(values)) {
        const packed = Buffer.concat(batch)
        const added = await this.#rooms.store.addBareHashes(this.#list.listId, { algorithm, values: packed }, { at: new Date(), actor: this.#actor, action: 'itemsImported' })
        const { firstEntryId } = added.value
        this.#bulk.addPacked({ algorithm, entryIds: Uint32Array.from(batch, (_, i) => firstEntryId + i), values: packed })
        batch.forEach((value, i) => { this.#seen.keep(algorithm, value, firstEntryId + i) })
        this.result.added += batch.length
        this.result.listVersion = added.version
        await setImmediate()
      }
    }
  }

  async #storeNoted (candidates: readonly Candidate[]): Promise<void> {
    for (const batch of slices(candidates)) {
      const added = await this.#rooms.store.addItems(this.#list.listId, batch.map(itemOf), { at: new Date(), actor: this.#actor, action: 'itemsImported' })
      this.#stored(added.value)
      this.result.listVersion = added.version
      await setImmediate()
    }
  }

  #stored (items: readonly AddedItem[]): void {
    for (const entry of items.flatMap(item => item.entries)) {
      this.#seen.keep(entry.algorithm, entry.value, entry.entryId)
      if (!entry.matchable) continue
      this.#bulk.add([entry])
      this.result.added++
    }
  }
}

function isPlain ({ hash, entry }: Candidate): boolean {
  return entry.matchable && hash.quality === undefined && hash.stableBits === undefined && hash.reference === undefined && hash.category === undefined
}

function itemOf ({ hash, entry }: Candidate): NewItem {
  return {
    kind: 'hashes',
    ...(hash.reference === undefined ? {} : { reference: hash.reference }),
    ...(hash.category === undefined ? {} : { category: hash.category }),
    entries: [entry]
  }
}

function byAlgorithm (candidates: readonly Candidate[]): Map<Algorithm, Uint8Array[]> {
  const values = new Map<Algorithm, Uint8Array[]>()
  for (const { entry } of candidates) {
    const own = values.get(entry.algorithm)
    if (own === undefined) values.set(entry.algorithm, [entry.value])
    else own.push(entry.value)
  }
  return values
}

function * slices<T> (all: readonly T[]): Iterable<readonly T[]> {
  for (let at = 0; at < all.length; at += itemsPerTransaction) yield all.slice(at, at + itemsPerTransaction)
}
