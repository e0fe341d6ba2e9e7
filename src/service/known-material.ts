import { setTimeout } from 'node:timers/promises'
import { KeersluisError } from '../errors.js'
import type { HashIndex, IndexEntry } from '../index/hash-index.js'
import type { DecodeLimits } from '../media/decoder.js'
import type { Lane, Lanes } from '../pipeline/lanes.js'
import type { SpooledUpload } from '../pipeline/spooled-upload.js'
import type { AddedItem, EntryRecord, ItemChange, ItemRecord, ListRecord, NewEntry, NewItem, Store } from '../store/store.js'
import { entryOfHash, type BareHash } from './bare-hash.js'
import type { ChangeQueue } from './change-queue.js'
import { collisionsOf } from './collisions.js'
import { commonFrames } from './common-frames.js'
import { digestEntries, entriesOf, type BuiltItem, type Refusal } from './item-entries.js'
import { textProblem } from './item-texts.js'
import { entryKey, itemWithHashes } from './item-with-hashes.js'
import { Jobs, type Job } from './jobs.js'
import type { Lists } from './lists.js'

export interface ItemAdded {
  itemId: number
  entries: EntryRecord[]
  refused: Refusal[]
  listVersion: number
  /** As they stand: those of an item that was there already are not changed by whoever adds it again. */
  reference?: string
  category?: string
  /** False where the item was there already. */
  created: boolean
  /** Where the rest is still being hashed; the entries are those in force. */
  jobId?: string
}

/** Known material on the spool, and the lane that its first bytes ask for. */
export interface ReceivedMedia {
  upload: SpooledUpload
  lane: Lane
}

interface Addition {
  list: ListRecord
  path: string
  lane: Lane
  notes: ItemNotes
  actor: string
  /** The item that its digests or the rest of its hashes made, as soon as one of them did. */
  itemId?: number
}

export interface ItemNotes {
  reference?: string
  category?: string
  /** Adds an exclusion although known material is close to it. */
  confirmCollision?: boolean
}

export interface KnownMaterialSettings {
  itemLimits: DecodeLimits
  pictureSideMinPx: number
  itemEntriesMax: number
  /** How long a caller waits before the rest becomes a job. */
  addSyncMs: number
}

export interface KnownMaterialRooms {
  store: Store
  index: HashIndex
  lists: Lists
  lanes: Lanes
  changes: ChangeQueue
}

/** What stands on the lists: every change is durable, then searchable, then answered. */
export class KnownMaterial {
  readonly #store: Store
  readonly #index: HashIndex
  readonly #lists: Lists
  readonly #lanes: Lanes
  readonly #changes: ChangeQueue
  readonly #settings: KnownMaterialSettings
  readonly #jobs = new Jobs<ItemAdded>()

  constructor ({ store, index, lists, lanes, changes }: KnownMaterialRooms, settings: KnownMaterialSettings) {
    this.#store = store
    this.#index = index
    this.#lists = lists
    this.#lanes = lanes
    this.#changes = changes
    this.#settings = settings
  }

  /**
   * Known material from its bytes; the file is gone when the work is done. Matchable when it answers; what takes longer
   * than `addSyncMs` is answered with a job, and with its digests in force. The same bytes again are the same item, which
   * then gets the entries that it lacks.
   * @throws KeersluisError `unknownList`, `invalidRequest`, `confirmCollision`, `unknownItem`
   */
  async addMedia (listName: string, { upload, lane }: ReceivedMedia, notes: ItemNotes, actor: string): Promise<ItemAdded> {
    const addition: Addition = { list: this.#lists.byName(listName), path: await upload.written(), lane, notes, actor }
    const late = new AbortController()
    const whole = this.#addHashed(addition)
    try {
      const inTime = await Promise.race([whole, setTimeout(this.#settings.addSyncMs, undefined, { signal: late.signal })])
      if (inTime !== undefined) {
        await upload.remove()
        return inTime
      }
      const digests = await this.#addDigests(addition)
      return { ...digests, jobId: this.#jobs.start(whole.finally(async () => { await upload.remove() })) }
    } catch (error) {
      await whole.catch(() => {})
      await upload.remove()
      throw error
    } finally {
      late.abort()
    }
  }

  /** @throws KeersluisError `unknownJob` */
  job (jobId: string): Job<ItemAdded> {
    return this.#jobs.find(jobId)
  }

  /** Resolves when no job runs and no change is under way. */
  async settled (): Promise<void> {
    await this.#jobs.settled()
    await this.#changes.settled()
  }

  async #addHashed (addition: Addition): Promise<ItemAdded> {
    const { list, path, lane, notes, actor } = addition
    refuseMalformedTexts(notes)
    const { itemLimits, itemEntriesMax, pictureSideMinPx } = this.#settings
    const fingerprint = await this.#lanes.hashItem(lane, path, itemLimits)
    const isVideo = fingerprint.pictures.some(picture => picture.timeS !== undefined)
    const common = isVideo && list.kind === 'known' ? await commonFrames(fingerprint.pictures, list, { lanes: this.#lanes, lists: this.#lists, store: this.#store }) : new Set<number>()
    const built = entriesOf(fingerprint, list.policy, { itemEntriesMax, pictureSideMinPx, common })
    return await this.#changes.run(async () => {
      const known = await this.#standing(addition, fingerprint.digests.sha256)
      await this.#refuseCollision(list, built.entries, notes, actor)
      if (known !== undefined) return await this.#complete(known, built, actor)
      const item: NewItem = { kind: built.kind, sha256: fingerprint.digests.sha256, entries: built.entries, ...textsOf(notes) }
      const added = await this.#add(list, item, built.refused, actor)
      addition.itemId = added.itemId
      return added
    })
  }

  /** What an item has of its bytes before the rest of its hashes are known. */
  async #addDigests (addition: Addition): Promise<ItemAdded> {
    const { list, path, lane, notes, actor } = addition
    const digests = await this.#lanes.digests(path)
    return await this.#changes.run(async () => {
      const known = await this.#standing(addition, digests.sha256)
      const added = known !== undefined
        ? await this.#complete(known, { entries: [], refused: [] }, actor)
        : await this.#add(list, { kind: lane === 'video' ? 'video' : 'image', sha256: digests.sha256, entries: digestEntries(digests), ...textsOf(notes) }, [], actor)
      addition.itemId = added.itemId
      return added
    })
  }

  /**
   * The live item with these bytes. An item that was removed while the rest of it was still being hashed stays removed: whoever
   * removed it must not find it back.
   * @throws KeersluisError `unknownItem` where the item of this addition is gone
   */
  async #standing ({ list, itemId }: Addition, sha256: Uint8Array): Promise<ItemRecord | undefined> {
    const known = await this.#store.itemBySha256(list.listId, sha256)
    if (itemId !== undefined && known?.itemId !== itemId) throw removedMeanwhile()
    return known
  }

  /** An item that is there already, with what it lacked: its hashing was cut short, or its frames were sampled otherwise. */
  async #complete (known: ItemRecord, built: Pick<BuiltItem, 'entries' | 'refused'>, actor: string): Promise<ItemAdded> {
    const entries = await this.#store.entriesOfItem(known.itemId)
    const has = new Set(entries.map(entryKey))
    const missing = built.entries.filter(entry => !has.has(entryKey(entry)))
    const item = { itemId: known.itemId, refused: built.refused, created: false, ...textsOf(known) }
    if (missing.length === 0) return { ...item, entries, listVersion: known.addedVersion }
    const added = await this.#store.addEntries(known.itemId, missing, { at: new Date(), actor, action: 'itemCompleted' })
    if (added === undefined) throw removedMeanwhile()
    this.#index.add(matchable(added.value), added.version)
    return { ...item, entries: [...entries, ...added.value], listVersion: added.version }
  }

  /**
   * One item from bare hashes. Where one item of the list has all of them in force already, it is this item: a second one would
   * keep them in force when the first is removed. @throws KeersluisError `malformedHash`, `invalidRequest`
   */
  async addHashes (listName: string, hashes: readonly BareHash[], notes: ItemNotes, actor: string): Promise<ItemAdded> {
    const list = this.#lists.byName(listName)
    refuseMalformedTexts(notes)
    const refused: Refusal[] = []
    const entries = hashes.map((hash, index) => entryOfHash(hash, index, list.policy, refused))
    return await this.#changes.run(async () => {
      await this.#refuseCollision(list, entries, notes, actor)
      const known = await itemWithHashes(list, entries, { store: this.#store, index: this.#index })
      if (known !== undefined) return await this.#complete(known, { entries: [], refused }, actor)
      return await this.#add(list, { kind: 'hashes', entries, ...textsOf(notes) }, refused, actor)
    })
  }

  /** Unmatchable when it answers. @throws KeersluisError `unknownItem` */
  async remove (listName: string, itemId: number, reason: string, actor: string): Promise<{ itemId: number, listVersion: number }> {
    const list = this.#lists.byName(listName)
    return await this.#changes.run(async () => {
      const removed = await this.#store.removeItem(list.listId, itemId, reason, { at: new Date(), actor, action: 'itemRemoved' })
      if (removed === undefined) throw new KeersluisError('unknownItem', 'There is no such item on this list.')
      this.#index.remove(matchable(removed.value.entries), removed.version)
      return { itemId, listVersion: removed.version }
    })
  }

  async changes (listName: string, sinceVersion: number, cursor: { version: number, itemId: number } | undefined, limit: number): Promise<ItemChange[]> {
    return await this.#store.changes(this.#lists.byName(listName).listId, sinceVersion, cursor, limit)
  }

  async #add (list: ListRecord, item: NewItem, refused: Refusal[], actor: string): Promise<ItemAdded> {
    const added = await this.#store.addItems(list.listId, [item], { at: new Date(), actor, action: 'itemAdded' })
    const [one] = added.value as [AddedItem]
    this.#index.add(matchable(one.entries), added.version)
    return { itemId: one.itemId, entries: one.entries, refused, listVersion: added.version, created: true, ...textsOf(item) }
  }

  /** @throws KeersluisError `confirmCollision` where an exclusion would silence known material and nobody said that it shall */
  async #refuseCollision (list: ListRecord, entries: readonly NewEntry[], notes: ItemNotes, actor: string): Promise<void> {
    if (list.kind !== 'exclusion') return
    const near = await collisionsOf(entries, { store: this.#store, index: this.#index, lists: this.#lists })
    if (near.length === 0) return
    if (notes.confirmCollision !== true) throw new KeersluisError('confirmCollision', 'Known material is close to this exclusion; send it again with confirmCollision: true (--confirm-collision) if you mean it.')
    await this.#store.appendAudit({ at: new Date(), actor, action: 'exclusionConfirmed', details: { listId: list.listId, collidingItems: new Set(near.map(entry => entry.itemId)).size } })
  }
}

function textsOf (notes: Pick<ItemNotes, 'reference' | 'category'>): { reference?: string, category?: string } {
  return {
    ...(notes.reference === undefined ? {} : { reference: notes.reference }),
    ...(notes.category === undefined ? {} : { category: notes.category })
  }
}

/** @throws KeersluisError `invalidRequest`, without the text */
function refuseMalformedTexts ({ reference = '', category = '' }: ItemNotes): void {
  const problem = textProblem(reference) ?? textProblem(category)
  if (problem !== undefined) throw new KeersluisError('invalidRequest', 'reference and category have at most 200 characters, without line breaks and other control characters.')
}

function removedMeanwhile (): KeersluisError {
  return new KeersluisError('unknownItem', 'The item was removed while it was still being added; send the file again if it belongs on the list.')
}

function matchable (entries: readonly EntryRecord[]): IndexEntry[] {
  return entries.filter(entry => entry.matchable).map(({ entryId, algorithm, value }) => ({ entryId, algorithm, value }))
}
