import type { Algorithm, PackedEntries } from '../index/hash-index.js'
import type { ListAction, ListKind, ListPolicy } from '../policy/list-policy.js'

/**
 * What the gate keeps. Every implementation passes the tests of store-contract.test-support.ts.
 * A method that changes something is one transaction: the change, the new list version and the audit record
 * are all durable when its promise resolves, or none is.
 */
export interface Store {
  /** The one monotone number: every change of an entry, list or policy increases it. 0 in a new store. */
  listVersion (): Promise<number>

  lists (): Promise<ListRecord[]>
  /** @throws KeersluisError `listExists` */
  createList (list: NewList, by: Audited): Promise<Versioned<ListRecord>>
  /** @throws KeersluisError `unknownList` */
  updateList (listId: number, change: ListChange, by: Audited): Promise<Versioned<ListRecord>>

  /**
   * Adds items with their entries in one transaction, in the order given; no items change nothing.
   * @throws KeersluisError `unknownList`, `malformedHash` for a value of the wrong length, `requestTooLarge` above `itemsPerCallMax`, `storeFull`
   */
  addItems (listId: number, items: readonly NewItem[], by: Audited): Promise<Versioned<AddedItem[]>>
  /**
   * Adds entries to a live item in one transaction; none change nothing. `undefined` where there is no such item, or no more.
   * @throws KeersluisError `malformedHash` for a value of the wrong length, `storeFull`
   */
  addEntries (itemId: number, entries: readonly NewEntry[], by: Audited): Promise<Versioned<EntryRecord[]> | undefined>
  /**
   * Adds an item of one matchable hash, without reference or category, for each value: as `addItems` does, much faster.
   * The ids are consecutive, from those given back on.
   * @throws KeersluisError `unknownList`, `malformedHash` where the values are cut, `requestTooLarge` above `itemsPerCallMax`
   */
  addBareHashes (listId: number, hashes: { algorithm: Algorithm, values: Uint8Array }, by: Audited): Promise<Versioned<{ firstItemId: number, firstEntryId: number }>>
  /** Whether a live item of the list has this hash as one that is kept but not searched. */
  hasUnmatchable (listId: number, algorithm: Algorithm, value: Uint8Array): Promise<boolean>
  /** The live item with these bytes. */
  itemBySha256 (listId: number, sha256: Uint8Array): Promise<ItemRecord | undefined>
  item (itemId: number): Promise<ItemRecord | undefined>
  /** All entries of an item, by entry id; also those of a removed one. */
  entriesOfItem (itemId: number): Promise<EntryRecord[]>
  /** Removes an item, keeping its row for the change feed. Removing again changes nothing and answers the same version as the first time. `undefined` for an unknown item. */
  removeItem (listId: number, itemId: number, reason: string, by: Audited): Promise<Versioned<{ entries: EntryRecord[], already: boolean }> | undefined>
  /** Changes of a list after `sinceVersion`, by (version, itemId): at most `limit`, starting after the cursor where one is given. */
  changes (listId: number, sinceVersion: number, cursor: ChangeCursor | undefined, limit: number): Promise<ItemChange[]>
  /** Live items of a list and how many of them came as bare hashes, without trimmed or crop variants. @throws KeersluisError `unknownList` */
  countItems (listId: number): Promise<{ items: number, withoutVariants: number }>

  /** Entries and their items, in the order of entry ids and each once, for the hits of a search; entries of removed items are left out. */
  entriesById (entryIds: readonly number[]): Promise<EntryWithItem[]>
  /** All entries of the live items of a list, also those that are not matchable, by entry id, in pages. */
  exportEntries (listId: number): AsyncIterable<EntryWithItem[]>
  /**
   * Live entries with an id above `afterEntryId`, by id, in pages, to fill the index at start; entries of one algorithm that follow each
   * other are packed together. Only those that are matchable (`near` for perceptual ones).
   */
  matchableEntries (afterEntryId: number): AsyncIterable<PackedEntries[]>
  /** Matchable entries of items removed after `version`, to bring a snapshot up to date. */
  removedEntriesSince (version: number): AsyncIterable<MatchableEntry[]>

  keepCheck (check: KeptCheck): Promise<void>
  keptCheck (id: string): Promise<KeptCheck | undefined>
  /** Resolves a kept check that is held; `false` where it is not (any more). Its `verdict` stays the one that was given. */
  resolveCheck (id: string, resolution: Resolution, by: Audited): Promise<boolean>
  /** Deletes kept checks that expired at or before `at`; how many. */
  expireChecks (at: Date): Promise<number>

  createKey (key: NewKey, by: Audited): Promise<KeyRecord>
  keys (): Promise<KeyRecord[]>
  /** The live key with this SHA-256. */
  keyByHash (keyHash: Uint8Array): Promise<KeyRecord | undefined>
  /** Revokes at once; `false` for an unknown key, `true` also when it was revoked before. */
  revokeKey (id: string, by: Audited): Promise<boolean>

  /** The newest audit record: it stands for everything that the store has seen so far. `seq` is 0 in a new store. */
  auditHead (): Promise<{ seq: number, hash: string }>
  /** Audit records after `seq`, at most `limit`. */
  auditRecords (afterSeq: number, limit: number): Promise<AuditRecord[]>
  /** Adds a record that belongs to no other change. */
  appendAudit (by: Audited): Promise<void>
  /** Walks the whole chain. */
  verifyAudit (): Promise<AuditVerification>

  /** Writes a consistent copy (0600) while the store is in use. @throws KeersluisError `fileUnreadable` where it cannot be written or exists */
  backup (file: string): Promise<void>
  /** Cheap proof that the store answers; throws where it does not. */
  ping (): Promise<void>
  close (): Promise<void>
}

/** Items in one `addItems`; an import sends batches. */
export const itemsPerCallMax = 10_000
/** Entry ids are 32-bit in the index, and are never used twice. */
export const entryIdMax = 2 ** 32 - 1

export type Versioned<T> = { value: T, version: number }

/**
 * Who changes what and when: becomes one record of the audit log. `details` never holds a hash value.
 * The store adds what the caller cannot know: `listId` and `listVersion`, `items` and `firstItemId`, `itemId`, `keyId`, `checkId` and `resolution`.
 */
export interface Audited {
  at: Date
  /** A key id, or `local` for the command line and `gate` for the gate itself. */
  actor: string
  action: AuditAction
  details?: Record<string, string | number | boolean>
}

export const auditActions = [
  'listCreated', 'listChanged', 'itemAdded', 'itemCompleted', 'itemsImported', 'itemRemoved', 'exclusionConfirmed',
  'keyCreated', 'keyRevoked', 'checkResolved', 'listExported', 'backupTaken', 'gateStarted'
] as const
export type AuditAction = typeof auditActions[number]

export interface AuditRecord {
  seq: number
  at: string
  actor: string
  action: AuditAction
  details: Record<string, string | number | boolean>
  /** Hex SHA-256 of the record before; 64 zeros for the first. */
  previousHash: string
  /** Hex SHA-256 over this record's canonical text, `previousHash` included. */
  hash: string
}

export type AuditVerification = { intact: true, records: number, lastHash: string } | { intact: false, brokenAtSeq: number }

export interface NewList {
  name: string
  kind: ListKind
  action: ListAction
  category: string
  source: string
  /** Legal ground, dated: free text of the operator's jurisdiction. */
  legalGround: string
  policy: ListPolicy
}
export type ListChange = Partial<Omit<NewList, 'name' | 'kind'>>
export interface ListRecord extends NewList {
  listId: number
  createdAt: string
  /** The version at which it last changed. */
  version: number
}

export const itemKinds = ['image', 'video', 'file', 'hashes'] as const
/** `file` is known material that is neither picture nor video; `hashes` came without its bytes. */
export type ItemKind = typeof itemKinds[number]

export interface NewItem {
  kind: ItemKind
  sha256?: Uint8Array
  /** The hotline's own number for it. */
  reference?: string
  /** Overrides the list's category. */
  category?: string
  entries: readonly NewEntry[]
}

/** Which part of the known picture an entry hashes: `whole`, `trimmed`, `inner`, `withoutTop`, `withoutBottom`, `centred`, `trimmedCentred`, `crop01` to `crop16`, each also `OnBlack`. */
export type EntryVariant = string

export interface NewEntry {
  algorithm: Algorithm
  value: Uint8Array
  variant: EntryVariant
  /** False keeps a perceptual hash for the record without searching it. */
  matchable: boolean
  /** PDQ quality, where known. */
  quality?: number
  /** Stable bits of a blockhash, where known. */
  stableBits?: number
  /** Frame time in seconds, for videos and animations. */
  timeS?: number
}

export interface EntryRecord extends NewEntry {
  entryId: number
}
export interface MatchableEntry {
  entryId: number
  algorithm: Algorithm
  value: Uint8Array
}

export interface ItemRecord {
  itemId: number
  listId: number
  kind: ItemKind
  sha256?: Uint8Array
  reference?: string
  category?: string
  addedAt: string
  addedVersion: number
  removed?: { at: string, version: number, reason: string }
}
export interface AddedItem {
  itemId: number
  entries: EntryRecord[]
}
export interface EntryWithItem extends EntryRecord {
  itemId: number
  itemKind: ItemKind
  listId: number
  reference?: string
  category?: string
}
export interface ItemChange {
  version: number
  op: 'add' | 'remove'
  itemId: number
}
export interface ChangeCursor { version: number, itemId: number }

export const roles = ['provider', 'analyst', 'operator'] as const
export type Role = typeof roles[number]

export interface NewKey {
  /** SHA-256 of the key; the key itself is never stored. */
  keyHash: Uint8Array
  name: string
  roles: Role[]
  /** `full` shows entries and distances in matches. */
  detail: 'short' | 'full'
  allowHashes: boolean
  /** 0 for no limit. */
  checksPerMinute: number
  hashesPerMinute: number
}
export interface KeyRecord extends Omit<NewKey, 'keyHash'> {
  id: string
  createdAt: string
  revokedAt?: string
}

export interface KeptCheck {
  id: string
  /** The key that sent it. */
  keyId: string
  createdAt: string
  expiresAt: string
  verdict: 'hold' | 'block'
  /** Whether it was held only because the gate could not decide. */
  undecided: boolean
  /** The answer as it was given, with full detail, and the fingerprint: JSON texts that the store does not read. */
  answer: string
  fingerprint: string
  resolution?: Resolution
}
export interface Resolution {
  action: 'release' | 'block'
  reason: string
  at: string
  by: string
}
