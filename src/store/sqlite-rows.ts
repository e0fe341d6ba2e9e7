import { algorithmOf, itemKindOf } from './sqlite-codes.js'
import type { EntryRecord, EntryVariant, ItemRecord } from './store.js'

/** How rows of items and entries are read: the columns to select, and the records they become. */
export const itemColumns = `
  item_id AS itemId, list_id AS listId, kind, sha256, reference, category, added_at AS addedAt, added_version AS addedVersion,
  removed_version AS removedVersion, removed_at AS removedAt, removed_reason AS removedReason`

export interface ItemRow {
  itemId: number
  listId: number
  kind: number
  sha256: Buffer | null
  reference: string | null
  category: string | null
  addedAt: number
  addedVersion: number
  removedVersion: number | null
  removedAt: number | null
  removedReason: string | null
}

export function itemRecord (row: ItemRow): ItemRecord {
  return {
    itemId: row.itemId,
    listId: row.listId,
    kind: itemKindOf(row.kind),
    ...row.sha256 !== null && { sha256: bytes(row.sha256) },
    ...row.reference !== null && { reference: row.reference },
    ...row.category !== null && { category: row.category },
    addedAt: new Date(row.addedAt).toISOString(),
    addedVersion: row.addedVersion,
    ...row.removedVersion !== null && {
      removed: { at: new Date(row.removedAt ?? 0).toISOString(), version: row.removedVersion, reason: row.removedReason ?? '' }
    }
  }
}

export const entryColumns = `
  entry_id AS entryId, algorithm, matchable, value, variant, quality, stable_bits AS stableBits, time_s AS timeS`

export interface EntryRow {
  entryId: number
  algorithm: number
  matchable: number
  value: Buffer
  variant: string | null
  quality: number | null
  stableBits: number | null
  timeS: number | null
}

export function entryRecord (row: EntryRow): EntryRecord {
  return {
    entryId: row.entryId,
    algorithm: algorithmOf(row.algorithm),
    value: bytes(row.value),
    variant: row.variant ?? wholeVariant,
    matchable: row.matchable === 1,
    ...row.quality !== null && { quality: row.quality },
    ...row.stableBits !== null && { stableBits: row.stableBits },
    ...row.timeS !== null && { timeS: row.timeS }
  }
}

/** The variant that is stored as NULL, because nearly every imported entry is one. */
export const wholeVariant: EntryVariant = 'whole'

/** A Buffer as what the contract promises: its `slice` copies, that of a Buffer does not. */
export function bytes (buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength)
}
