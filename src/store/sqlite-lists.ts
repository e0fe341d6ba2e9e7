import type { ListAction, ListKind } from '../policy/list-policy.js'
import { KeersluisError } from '../errors.js'
import type { AppendAudit } from './sqlite-audit.js'
import type { SqliteConnection } from './sqlite-connection.js'
import type { ListRecord, Store } from './store.js'

interface ListRow {
  listId: number
  name: string
  kind: string
  action: string
  category: string
  source: string
  legalGround: string
  policy: string
  createdAt: number
  version: number
}

const selectLists = `
  SELECT list_id AS listId, name, kind, action, category, source, legal_ground AS legalGround, policy, created_at AS createdAt, version
  FROM lists`

type ListPart = Pick<Store, 'listVersion' | 'lists' | 'createList' | 'updateList' | 'countItems'>

export function sqliteLists (connection: SqliteConnection, audit: AppendAudit): ListPart {
  const { db, read, write } = connection
  const all = db.prepare<[], ListRow>(`${selectLists} ORDER BY list_id`)
  const byId = db.prepare<[number], ListRow>(`${selectLists} WHERE list_id = ?`)
  const named = db.prepare<[string]>('SELECT 1 FROM lists WHERE name = ?')
  const insert = db.prepare<Omit<ListRow, 'listId'>, number>(`
    INSERT INTO lists (name, kind, action, category, source, legal_ground, policy, created_at, version)
    VALUES (@name, @kind, @action, @category, @source, @legalGround, @policy, @createdAt, @version) RETURNING list_id`).pluck()
  const update = db.prepare<ListRow>(`
    UPDATE lists SET action = @action, category = @category, source = @source, legal_ground = @legalGround, policy = @policy, version = @version
    WHERE list_id = @listId`)
  const counts = db.prepare<[number], { items: number, withoutVariants: number }>(
    'SELECT live_items AS items, live_items_without_variants AS withoutVariants FROM lists WHERE list_id = ?')

  return {
    async listVersion () {
      return read(connection.listVersion)
    },
    async lists () {
      return read(() => all.all()).map(listRecord)
    },
    async createList (list, by) {
      return write(() => {
        if (named.get(list.name) !== undefined) throw new KeersluisError('listExists', 'A list of this name exists: choose another name.')
        const version = connection.nextListVersion()
        const row = { ...list, policy: JSON.stringify(list.policy), createdAt: by.at.getTime(), version }
        const listId = insert.get(row) as number
        audit(by, { listId, listVersion: version })
        return { value: listRecord({ ...row, listId }), version }
      })
    },
    async updateList (listId, change, by) {
      return write(() => {
        const before = listRecord(found(byId.get(listId)))
        const version = connection.nextListVersion()
        const after = { ...before, ...change, version }
        update.run({ ...after, policy: JSON.stringify(after.policy), createdAt: Date.parse(after.createdAt) })
        audit(by, { listId, listVersion: version })
        return { value: after, version }
      })
    },
    async countItems (listId) {
      return read(() => found(counts.get(listId)))
    }
  }
}

/** @throws KeersluisError `unknownList` where there is no row */
export function found<Row> (row: Row | undefined): Row {
  if (row === undefined) throw new KeersluisError('unknownList', 'There is no such list.')
  return row
}

function listRecord (row: ListRow): ListRecord {
  return {
    ...row,
    kind: row.kind as ListKind,
    action: row.action as ListAction,
    policy: JSON.parse(row.policy),
    createdAt: new Date(row.createdAt).toISOString()
  }
}
