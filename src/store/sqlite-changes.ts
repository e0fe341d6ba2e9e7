import type { SqliteConnection } from './sqlite-connection.js'
import type { ItemChange, Store } from './store.js'

interface ChangeRow { version: number, itemId: number }

/** The change feed of a list. Additions and removals each have an index in feed order; a page merges the two. */
export function sqliteChanges ({ db, read }: SqliteConnection): Pick<Store, 'changes'> {
  const additions = db.prepare<[number, number, number, number], ChangeRow>(`
    SELECT added_version AS version, item_id AS itemId FROM items
    WHERE list_id = ? AND (added_version, item_id) > (?, ?)
    ORDER BY added_version, item_id LIMIT ?`)
  const removals = db.prepare<[number, number, number, number], ChangeRow>(`
    SELECT removed_version AS version, item_id AS itemId FROM items
    WHERE list_id = ? AND (removed_version, item_id) > (?, ?) AND removed_version IS NOT NULL
    ORDER BY removed_version, item_id LIMIT ?`)

  return {
    async changes (listId, sinceVersion, cursor, limit) {
      const from = cursor !== undefined && cursor.version > sinceVersion ? cursor : { version: sinceVersion, itemId: Number.MAX_SAFE_INTEGER }
      return read(() => [
        ...as('add', additions.all(listId, from.version, from.itemId, limit)),
        ...as('remove', removals.all(listId, from.version, from.itemId, limit))
      ]).sort((a, b) => a.version - b.version || a.itemId - b.itemId).slice(0, limit)
    }
  }
}

function as (op: ItemChange['op'], rows: ChangeRow[]): ItemChange[] {
  return rows.map(row => ({ ...row, op }))
}
