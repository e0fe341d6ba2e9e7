import { randomBytes } from 'node:crypto'
import type { AppendAudit } from './sqlite-audit.js'
import type { SqliteConnection } from './sqlite-connection.js'
import type { KeyRecord, Role, Store } from './store.js'

interface KeyRow {
  id: string
  name: string
  roles: string
  detail: 'short' | 'full'
  allowHashes: number
  checksPerMinute: number
  hashesPerMinute: number
  createdAt: number
  revokedAt: number | null
}

const selectKeys = `
  SELECT key_id AS id, name, roles, detail, allow_hashes AS allowHashes, checks_per_minute AS checksPerMinute,
    hashes_per_minute AS hashesPerMinute, created_at AS createdAt, revoked_at AS revokedAt
  FROM keys`

/** Keys that are remembered; each request brings one, and nearly always one of the same few. */
const rememberedMax = 1_000

export function sqliteKeys ({ db, read, write }: SqliteConnection, audit: AppendAudit): Pick<Store, 'createKey' | 'keys' | 'keyByHash' | 'revokeKey'> {
  const insert = db.prepare<KeyRow & { keyHash: Uint8Array }>(`
    INSERT INTO keys (key_id, key_hash, name, roles, detail, allow_hashes, checks_per_minute, hashes_per_minute, created_at, revoked_at)
    VALUES (@id, @keyHash, @name, @roles, @detail, @allowHashes, @checksPerMinute, @hashesPerMinute, @createdAt, @revokedAt)`)
  const all = db.prepare<[], KeyRow>(`${selectKeys} ORDER BY created_at, key_id`)
  const byHash = db.prepare<[Uint8Array], KeyRow>(`${selectKeys} WHERE key_hash = ? AND revoked_at IS NULL`)
  const known = db.prepare<[string]>('SELECT 1 FROM keys WHERE key_id = ?')
  const revoke = db.prepare<[number, string]>('UPDATE keys SET revoked_at = ? WHERE key_id = ? AND revoked_at IS NULL')

  // By hash, and none that is revoked. The lock on the data folder sees to it that nobody else revokes one.
  const remembered = new Map<string, KeyRecord>()

  return {
    async createKey (key, by) {
      return write(() => {
        const row = {
          ...key,
          id: randomBytes(8).toString('hex'),
          roles: JSON.stringify(key.roles),
          allowHashes: key.allowHashes ? 1 : 0,
          createdAt: by.at.getTime(),
          revokedAt: null
        }
        insert.run(row)
        audit(by, { keyId: row.id })
        return keyRecord(row)
      })
    },
    async keys () {
      return read(() => all.all()).map(keyRecord)
    },
    async keyByHash (keyHash) {
      const hash = Buffer.from(keyHash).toString('latin1')
      const recent = remembered.get(hash)
      if (recent !== undefined) return recent
      const row = read(() => byHash.get(keyHash))
      if (row === undefined) return undefined
      if (remembered.size >= rememberedMax) remembered.clear()
      const record = keyRecord(row)
      remembered.set(hash, record)
      return record
    },
    async revokeKey (id, by) {
      remembered.clear()
      return write(() => {
        if (known.get(id) === undefined) return false
        if (revoke.run(by.at.getTime(), id).changes === 1) audit(by, { keyId: id })
        return true
      })
    }
  }
}

function keyRecord (row: KeyRow): KeyRecord {
  return {
    id: row.id,
    name: row.name,
    roles: JSON.parse(row.roles) as Role[],
    detail: row.detail,
    allowHashes: row.allowHashes === 1,
    checksPerMinute: row.checksPerMinute,
    hashesPerMinute: row.hashesPerMinute,
    createdAt: new Date(row.createdAt).toISOString(),
    ...row.revokedAt !== null && { revokedAt: new Date(row.revokedAt).toISOString() }
  }
}
