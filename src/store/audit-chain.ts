import { createHash } from 'node:crypto'
import type { AuditRecord } from './store.js'

/** What stands before the first record. */
export const firstPreviousHash = '0'.repeat(64)

/** Details as they are stored and hashed: JSON without blanks, keys by UTF-16 code unit. */
export function detailsText (details: AuditRecord['details']): string {
  const members = Object.keys(details).sort().map(key => `${JSON.stringify(key)}:${JSON.stringify(details[key])}`)
  return `{${members.join(',')}}`
}

/** A record as the chain sees it; `details` is the stored text. */
export type ChainedRecord = Omit<AuditRecord, 'details' | 'hash' | 'action'> & { action: string, details: string }

/**
 * The hex SHA-256 of a record's canonical text in UTF-8. The text is the JSON array
 * `[seq,at,actor,action,details,previousHash]` without blanks, with the members of `details` by key: in Python
 * `json.dumps([...], separators=(',', ':'), sort_keys=True, ensure_ascii=False)`.
 * Every record holds the hash of the one before, so a change anywhere changes every hash after it. Who may write the whole
 * file can still compute a whole new chain: keep the newest hash elsewhere to notice that, too.
 */
export function auditHash ({ seq, at, actor, action, details, previousHash }: ChainedRecord): string {
  const text = `[${seq},${JSON.stringify(at)},${JSON.stringify(actor)},${JSON.stringify(action)},${details},${JSON.stringify(previousHash)}]`
  return createHash('sha256').update(text, 'utf8').digest('hex')
}
