import { setImmediate } from 'node:timers/promises'
import { KeersluisError } from '../errors.js'
import { valueBytes, type PackedEntries } from '../index/hash-index.js'
import { algorithmOf, itemKindOf } from './sqlite-codes.js'
import type { SqliteConnection } from './sqlite-connection.js'
import { bytes, entryColumns, entryRecord, type EntryRow } from './sqlite-rows.js'
import type { EntryWithItem, MatchableEntry, Store } from './store.js'

/** Entry ids read between two turns of the event loop: a few milliseconds, and all the memory a walk takes. */
const pageIds = 5_000

/** A page of matchable entries; the first is null when it has none. An algorithm's code is one digit. */
interface PackedPage {
  entryIds: Buffer | null
  codes: Buffer
  values: Buffer
}

const digitZero = '0'.charCodeAt(0)
const comma = ','.charCodeAt(0)

interface EntryWithItemRow extends EntryRow {
  itemId: number
  itemKind: number
  listId: number
  reference: string | null
  category: string | null
}

const selectEntryWithItem = `
  SELECT ${entryColumns}, item_id AS itemId, items.kind AS itemKind, items.list_id AS listId, items.reference, items.category
  FROM entries JOIN items USING (item_id)`

export function sqliteEntries (connection: SqliteConnection): Pick<Store, 'entriesById' | 'exportEntries' | 'matchableEntries' | 'removedEntriesSince'> {
  const { db, read } = connection
  const byId = db.prepare<[number], EntryWithItemRow>(`${selectEntryWithItem} WHERE entry_id = ? AND removed = 0`)

  return {
    async entriesById (entryIds) {
      const ids = [...new Set(entryIds)].sort((a, b) => a - b)
      return read(() => ids.map(id => byId.get(id))).filter(row => row !== undefined).map(entryWithItem)
    },
    exportEntries: exportEntries(connection),
    matchableEntries: matchableEntries(connection),
    removedEntriesSince: removedEntries(connection)
  }
}

/**
 * Pages by ranges of ids, not by `LIMIT`: ids are dense, so a page takes the same time however few of it are matchable. Each page comes
 * in one row, its values as the bytes that they are, one after the other: measured, that is four times as fast as a row for every value.
 */
function matchableEntries ({ db, read }: SqliteConnection): Store['matchableEntries'] {
  const page = db.prepare<[number, number], PackedPage>(`
    SELECT CAST(group_concat(entry_id) AS BLOB) AS entryIds, CAST(group_concat(algorithm, '') AS BLOB) AS codes,
      CAST(group_concat(value, '') AS BLOB) AS "values"
    FROM (SELECT entry_id, algorithm, value FROM entries
      WHERE entry_id > ? AND entry_id <= ? AND matchable = 1 AND removed = 0 ORDER BY entry_id)`)
  const lastId = db.prepare<[], number>('SELECT coalesce(max(entry_id), 0) FROM entries').pluck()

  return async function * (afterEntryId) {
    for (let after = afterEntryId; ; after += pageIds) {
      const { row, done } = read(() => ({ row: page.get(after, after + pageIds), done: after >= (lastId.get() ?? 0) }))
      if (done) return
      if (row !== undefined && row.entryIds !== null) yield unpacked(row.entryIds, row.codes, row.values)
      await setImmediate()
    }
  }
}

/**
 * Pages by ranges of entry ids over all lists: an export is rare, and an index of entries by list would cost every import. The
 * plus keeps SQLite from starting at the items of the list, which it would have to sort.
 */
function exportEntries ({ db, read }: SqliteConnection): Store['exportEntries'] {
  const page = db.prepare<[number, number, number], EntryWithItemRow>(`
    ${selectEntryWithItem} WHERE entry_id > ? AND entry_id <= ? AND removed = 0 AND +items.list_id = ? ORDER BY entry_id`)
  const lastId = db.prepare<[], number>('SELECT coalesce(max(entry_id), 0) FROM entries').pluck()

  return async function * (listId) {
    for (let after = 0; ; after += pageIds) {
      const { rows, done } = read(() => ({ rows: page.all(after, after + pageIds, listId), done: after >= (lastId.get() ?? 0) }))
      if (done) return
      if (rows.length > 0) yield rows.map(entryWithItem)
      await setImmediate()
    }
  }
}

/** Cuts a page into runs of one algorithm. */
function unpacked (idDigits: Uint8Array, codeDigits: Uint8Array, values: Buffer): PackedEntries[] {
  const entryIds = numbersOf(idDigits, codeDigits.length)
  const runs: PackedEntries[] = []
  let valuesStart = 0
  for (let start = 0; start < codeDigits.length;) {
    const code = codeDigits[start] ?? 0
    let end = start + 1
    while (codeDigits[end] === code) end++
    const algorithm = algorithmOf(code - digitZero)
    const valuesEnd = valuesStart + (end - start) * valueBytes[algorithm]
    runs.push({ algorithm, entryIds: entryIds.subarray(start, end), values: bytes(values.subarray(valuesStart, valuesEnd)) })
    valuesStart = valuesEnd
    start = end
  }
  if (valuesStart !== values.length) throw new KeersluisError('storeDamaged', 'A hash in the store has not the length of its algorithm: restore a backup.')
  return runs
}

/** `count` decimal numbers, separated by commas, in ASCII. */
function numbersOf (digits: Uint8Array, count: number): Uint32Array {
  const numbers = new Uint32Array(count)
  let place = 0
  let number = 0
  for (let at = 0; at < digits.length; at++) {
    const digit = digits[at] ?? 0
    if (digit === comma) {
      numbers[place++] = number
      number = 0
    } else {
      number = 10 * number + digit - digitZero
    }
  }
  numbers[place] = number
  return numbers
}

function removedEntries ({ db, read }: SqliteConnection): Store['removedEntriesSince'] {
  // A version removes at most one item, and an item has a limited number of entries, so a page is one item or more.
  const items = db.prepare<[number], { itemId: number, version: number }>(
    'SELECT item_id AS itemId, removed_version AS version FROM items WHERE removed_version > ? ORDER BY removed_version LIMIT 1000')
  const entries = db.prepare<[number], Pick<EntryRow, 'entryId' | 'algorithm' | 'value'>>(
    'SELECT entry_id AS entryId, algorithm, value FROM entries WHERE item_id = ? AND matchable = 1 ORDER BY entry_id')

  return async function * (version) {
    for (let after = version; ;) {
      const removed = read(() => items.all(after))
      if (removed.length === 0) return
      let page: MatchableEntry[] = []
      for (const item of removed) {
        for (const row of read(() => entries.all(item.itemId))) {
          page.push({ entryId: row.entryId, algorithm: algorithmOf(row.algorithm), value: bytes(row.value) })
        }
        after = item.version
        if (page.length < pageIds) continue
        yield page
        page = []
        await setImmediate()
      }
      if (page.length > 0) yield page
      await setImmediate()
    }
  }
}

function entryWithItem (row: EntryWithItemRow): EntryWithItem {
  return {
    ...entryRecord(row),
    itemId: row.itemId,
    itemKind: itemKindOf(row.itemKind),
    listId: row.listId,
    ...row.reference !== null && { reference: row.reference },
    ...row.category !== null && { category: row.category }
  }
}
