import { KeersluisError } from '../errors.js'
import { valueBytes } from '../index/hash-index.js'
import type { AppendAudit } from './sqlite-audit.js'
import { bulkInsert, type Row } from './sqlite-bulk-insert.js'
import { algorithmCodes, itemKindCodes } from './sqlite-codes.js'
import { theOne, type SqliteConnection } from './sqlite-connection.js'
import { found } from './sqlite-lists.js'
import { entryColumns, entryRecord, itemColumns, itemRecord, wholeVariant, type EntryRow, type ItemRow } from './sqlite-rows.js'
import { entryIdMax, itemsPerCallMax, type AddedItem, type EntryRecord, type ItemKind, type NewEntry, type NewItem, type Store } from './store.js'

type ItemPart = Pick<Store, 'addItems' | 'addEntries' | 'itemBySha256' | 'item' | 'entriesOfItem' | 'removeItem'>

export function sqliteItems (connection: SqliteConnection, audit: AppendAudit): ItemPart {
  const { db, read, write } = connection
  const insert = inserter(connection)
  const bySha256 = db.prepare<[Uint8Array, number], ItemRow>(
    `SELECT ${itemColumns} FROM items WHERE sha256 = ? AND list_id = ? AND removed_version IS NULL ORDER BY item_id LIMIT 1`)
  const byId = db.prepare<[number], ItemRow>(`SELECT ${itemColumns} FROM items WHERE item_id = ?`)
  const entriesOf = db.prepare<[number], EntryRow>(`SELECT ${entryColumns} FROM entries WHERE item_id = ? ORDER BY entry_id`)
  const removeRow = db.prepare<[number, number, string, number]>(
    'UPDATE items SET removed_version = ?, removed_at = ?, removed_reason = ? WHERE item_id = ?')
  const removeEntries = db.prepare<[number]>('UPDATE entries SET removed = 1 WHERE item_id = ?')
  const count = itemCounter(connection)

  return {
    async addItems (listId, items, by) {
      refuseUnstorable(items)
      return write(() => {
        // Counting first makes an unknown list fail before a row is written.
        count(listId, items.length, items.filter(withoutVariants).length)
        if (items.length === 0) return { value: [], version: connection.listVersion() }
        const version = connection.nextListVersion()
        const added = insert.items(listId, version, by.at.getTime(), items)
        audit(by, { listId, listVersion: version, items: added.length, firstItemId: theOne(added[0]).itemId })
        return { value: added, version }
      })
    },
    async addEntries (itemId, entries, by) {
      refuseMalformed(entries)
      return write(() => {
        const row = byId.get(itemId)
        if (row === undefined || row.removedVersion !== null) return undefined
        if (entries.length === 0) return { value: [], version: connection.listVersion() }
        const version = connection.nextListVersion()
        const added = insert.entries(itemId, entries)
        audit(by, { listId: row.listId, listVersion: version, itemId, entries: added.length })
        return { value: added, version }
      })
    },
    async itemBySha256 (listId, sha256) {
      const row = read(() => bySha256.get(sha256, listId))
      return row && itemRecord(row)
    },
    async item (itemId) {
      const row = read(() => byId.get(itemId))
      return row && itemRecord(row)
    },
    async entriesOfItem (itemId) {
      return read(() => entriesOf.all(itemId)).map(entryRecord)
    },
    async removeItem (listId, itemId, reason, by) {
      return write(() => {
        const row = byId.get(itemId)
        if (row === undefined || row.listId !== listId) return undefined
        const { kind, removed } = itemRecord(row)
        const entries = entriesOf.all(itemId).map(entryRecord)
        if (removed !== undefined) return { value: { entries, already: true }, version: removed.version }
        const version = connection.nextListVersion()
        removeRow.run(version, by.at.getTime(), reason, itemId)
        removeEntries.run(itemId)
        count(listId, -1, withoutVariants({ kind, entries }) ? -1 : 0)
        audit(by, { listId, listVersion: version, itemId })
        return { value: { entries, already: false }, version }
      })
    }
  }
}

interface NextIds {
  itemId: number
  entryId: number
}

/** Gives out ids, inside a transaction. */
export function idGiver ({ db }: SqliteConnection): { next: () => NextIds, keep: (next: NextIds) => void } {
  const ids = db.prepare<[], NextIds>('SELECT next_item_id AS itemId, next_entry_id AS entryId FROM state')
  const keepIds = db.prepare<[number, number]>('UPDATE state SET next_item_id = ?, next_entry_id = ?')
  return {
    next: () => theOne(ids.get()),
    keep (next) {
      if (next.entryId > entryIdMax + 1) throw new KeersluisError('storeFull', 'The store has given out every entry id it can: export the lists into a new store.')
      keepIds.run(next.itemId, next.entryId)
    }
  }
}

/** Gives out ids and writes rows, inside a transaction. */
function inserter (connection: SqliteConnection) {
  const { db } = connection
  const ids = idGiver(connection)
  const insertItems = bulkInsert(db, 'items', ['item_id', 'list_id', 'kind', 'added_version', 'added_at', 'sha256', 'reference', 'category'])
  const insertEntries = bulkInsert(db, 'entries',
    ['entry_id', 'item_id', 'algorithm', 'matchable', 'removed', 'value', 'variant', 'quality', 'stable_bits', 'time_s'])

  return {
    items (listId: number, version: number, atMs: number, items: readonly NewItem[]): AddedItem[] {
      const next = ids.next()
      const added = items.map(item => ({
        itemId: next.itemId++,
        entries: item.entries.map(entry => ({ ...entry, entryId: next.entryId++ }))
      }))
      ids.keep(next)
      insertItems(itemRows(listId, version, atMs, items, added))
      insertEntries(entryRows(added))
      return added
    },
    entries (itemId: number, entries: readonly NewEntry[]): EntryRecord[] {
      const next = ids.next()
      const added = entries.map(entry => ({ ...entry, entryId: next.entryId++ }))
      ids.keep(next)
      insertEntries(entryRows([{ itemId, entries: added }]))
      return added
    }
  }
}

function * itemRows (listId: number, version: number, atMs: number, items: readonly NewItem[], added: readonly AddedItem[]): Iterable<Row> {
  for (const [index, { kind, sha256, reference, category }] of items.entries()) {
    yield [theOne(added[index]).itemId, listId, itemKindCodes[kind], version, atMs, sha256 ?? null, reference ?? null, category ?? null]
  }
}

function * entryRows (added: readonly AddedItem[]): Iterable<Row> {
  for (const { itemId, entries } of added) {
    for (const { entryId, algorithm, matchable, value, variant, quality, stableBits, timeS } of entries) {
      yield [
        entryId, itemId, algorithmCodes[algorithm], matchable ? 1 : 0, 0, value,
        variant === wholeVariant ? null : variant, quality ?? null, stableBits ?? null, timeS ?? null
      ]
    }
  }
}

/** Keeps the two numbers of `countItems`. @throws KeersluisError `unknownList` */
export function itemCounter ({ db }: SqliteConnection) {
  const add = db.prepare<[number, number, number], number>(`
    UPDATE lists SET live_items = live_items + ?, live_items_without_variants = live_items_without_variants + ?
    WHERE list_id = ? RETURNING list_id`).pluck()
  return (listId: number, items: number, bare: number): void => {
    found(add.get(items, bare, listId))
  }
}

function withoutVariants ({ kind, entries }: { kind: ItemKind, entries: readonly NewEntry[] }): boolean {
  return kind === 'hashes' && !entries.some(entry => /^(trimmed|crop)/.test(entry.variant))
}

function refuseUnstorable (items: readonly NewItem[]): void {
  if (items.length > itemsPerCallMax) {
    throw new KeersluisError('requestTooLarge', `At most ${itemsPerCallMax} items can be added at once: send them in parts.`)
  }
  for (const { sha256, entries } of items) {
    if (sha256 !== undefined && sha256.length !== valueBytes.sha256) throw malformed()
    refuseMalformed(entries)
  }
}

function refuseMalformed (entries: readonly NewEntry[]): void {
  if (!entries.every(entry => entry.value.length === valueBytes[entry.algorithm])) throw malformed()
}

function malformed (): KeersluisError {
  return new KeersluisError('malformedHash', 'A hash has not the length of its algorithm.')
}
