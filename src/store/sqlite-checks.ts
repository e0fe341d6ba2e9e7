import { setImmediate } from 'node:timers/promises'
import type { AppendAudit } from './sqlite-audit.js'
import type { SqliteConnection } from './sqlite-connection.js'
import type { KeptCheck, Resolution, Store } from './store.js'

/** Checks deleted in one transaction: an answer can be long, and a transaction blocks the event loop. */
const expirePageChecks = 200

interface CheckRow {
  id: string
  keyId: string
  createdAt: number
  expiresAt: number
  verdict: KeptCheck['verdict']
  undecided: number
  answer: string
  fingerprint: string
}
interface ResolutionRow {
  resolvedAction: Resolution['action'] | null
  reason: string
  resolvedAt: string
  resolvedBy: string
}

export function sqliteChecks (connection: SqliteConnection, audit: AppendAudit): Pick<Store, 'keepCheck' | 'keptCheck' | 'resolveCheck' | 'expireChecks'> {
  const { db, read, write } = connection
  const insert = db.prepare<CheckRow>(`
    INSERT INTO kept_checks (check_id, key_id, created_at, expires_at, verdict, undecided, answer, fingerprint)
    VALUES (@id, @keyId, @createdAt, @expiresAt, @verdict, @undecided, @answer, @fingerprint)`)
  const byId = db.prepare<[string], CheckRow & ResolutionRow>(`
    SELECT check_id AS id, key_id AS keyId, created_at AS createdAt, expires_at AS expiresAt, verdict, undecided, answer, fingerprint,
      resolution_action AS resolvedAction, resolution_reason AS reason, resolution_at AS resolvedAt, resolution_by AS resolvedBy
    FROM kept_checks WHERE check_id = ?`)
  const resolve = db.prepare<[string, string, string, string, string]>(`
    UPDATE kept_checks SET resolution_action = ?, resolution_reason = ?, resolution_at = ?, resolution_by = ?
    WHERE check_id = ? AND verdict = 'hold' AND resolution_action IS NULL`)
  const expire = db.prepare<[number, number]>(
    'DELETE FROM kept_checks WHERE check_id IN (SELECT check_id FROM kept_checks WHERE expires_at <= ? LIMIT ?)')

  return {
    async keepCheck (check) {
      write(() => insert.run(checkRow(check)))
    },
    async keptCheck (id) {
      const row = read(() => byId.get(id))
      return row && keptCheck(row)
    },
    async resolveCheck (id, { action, reason, at, by: resolvedBy }, by) {
      return write(() => {
        if (resolve.run(action, reason, at, resolvedBy, id).changes === 0) return false
        audit(by, { checkId: id, resolution: action })
        return true
      })
    },
    async expireChecks (at) {
      for (let expired = 0; ;) {
        const { changes } = write(() => expire.run(at.getTime(), expirePageChecks))
        expired += changes
        if (changes < expirePageChecks) return expired
        await setImmediate()
      }
    }
  }
}

function checkRow (check: KeptCheck): CheckRow {
  return {
    id: check.id,
    keyId: check.keyId,
    createdAt: Date.parse(check.createdAt),
    expiresAt: Date.parse(check.expiresAt),
    verdict: check.verdict,
    undecided: check.undecided ? 1 : 0,
    answer: check.answer,
    fingerprint: check.fingerprint
  }
}

function keptCheck ({ resolvedAction, reason, resolvedAt, resolvedBy, ...row }: CheckRow & ResolutionRow): KeptCheck {
  return {
    ...row,
    createdAt: new Date(row.createdAt).toISOString(),
    expiresAt: new Date(row.expiresAt).toISOString(),
    undecided: row.undecided === 1,
    ...resolvedAction !== null && { resolution: { action: resolvedAction, reason, at: resolvedAt, by: resolvedBy } }
  }
}
