import type { Database } from 'better-sqlite3'
import { setImmediate } from 'node:timers/promises'
import { auditHash, detailsText, firstPreviousHash, type ChainedRecord } from './audit-chain.js'
import { theOne, type SqliteConnection } from './sqlite-connection.js'
import type { AuditAction, Audited, AuditRecord, AuditVerification, Store } from './store.js'

/** Records verified between two turns of the event loop: a few milliseconds. */
const verifyPageRecords = 1_000

interface ChainHead { seq: number, hash: string }
interface AuditRow extends ChainHead, ChainedRecord {}

/** Writes the audit record of a change, inside the transaction of the change. */
export type AppendAudit = (by: Audited, facts?: AuditRecord['details']) => void

/** `facts` are what only the store knows (ids, the list version); they stand beside the details of the caller. */
export function auditAppender ({ db }: SqliteConnection): AppendAudit {
  const head = headOf(db)
  const insert = db.prepare<[number, string, string, string, string, Buffer, Buffer]>(
    'INSERT INTO audit (seq, at, actor, action, details, previous_hash, hash) VALUES (?, ?, ?, ?, ?, ?, ?)')
  const moveHead = db.prepare<[number, Buffer]>('UPDATE state SET audit_seq = ?, audit_hash = ?')

  return (by, facts = {}) => {
    const { seq: lastSeq, hash: previousHash } = theOne(head.get())
    const record = {
      seq: lastSeq + 1,
      at: by.at.toISOString(),
      actor: by.actor,
      action: by.action,
      details: detailsText({ ...by.details, ...facts }),
      previousHash
    }
    const hash = Buffer.from(auditHash(record), 'hex')
    insert.run(record.seq, record.at, record.actor, record.action, record.details, Buffer.from(previousHash, 'hex'), hash)
    moveHead.run(record.seq, hash)
  }
}

export function sqliteAudit (connection: SqliteConnection, append: AppendAudit): Pick<Store, 'auditHead' | 'auditRecords' | 'appendAudit' | 'verifyAudit'> {
  const { db, read, write } = connection
  const page = db.prepare<[number, number], AuditRow>(`
    SELECT seq, at, actor, action, details, lower(hex(previous_hash)) AS previousHash, lower(hex(hash)) AS hash
    FROM audit WHERE seq > ? ORDER BY seq LIMIT ?`)
  const head = headOf(db)

  return {
    async auditHead () {
      return read(() => theOne(head.get()))
    },
    async auditRecords (afterSeq, limit) {
      return read(() => page.all(afterSeq, limit)).map(row => ({ ...row, action: row.action as AuditAction, details: JSON.parse(row.details) }))
    },
    async appendAudit (by) {
      write(() => append(by))
    },
    async verifyAudit () {
      let last = { seq: 0, hash: firstPreviousHash }
      for (;;) {
        const rows = read(() => page.all(last.seq, verifyPageRecords))
        for (const row of rows) {
          if (!follows(row, last)) return { intact: false, brokenAtSeq: last.seq + 1 }
          last = row
        }
        // No record is written between reading the last page and reading the head, because nothing is awaited.
        if (rows.length < verifyPageRecords) return compareWithHead(last, read(() => theOne(head.get())))
        await setImmediate()
      }
    }
  }
}

function headOf (db: Database) {
  return db.prepare<[], ChainHead>('SELECT audit_seq AS seq, lower(hex(audit_hash)) AS hash FROM state')
}

function follows (row: AuditRow, before: ChainHead): boolean {
  return row.seq === before.seq + 1 && row.previousHash === before.hash && auditHash(row) === row.hash
}

/** Records that are missing at the end, or that nobody counted, break the chain like altered ones. */
function compareWithHead (last: ChainHead, head: ChainHead): AuditVerification {
  if (last.seq !== head.seq) return { intact: false, brokenAtSeq: Math.min(last.seq, head.seq) + 1 }
  if (last.hash !== head.hash) return { intact: false, brokenAtSeq: last.seq }
  return { intact: true, records: last.seq, lastHash: last.hash }
}
