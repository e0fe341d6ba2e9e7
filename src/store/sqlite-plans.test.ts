import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'tap'
import { auditAppender, sqliteAudit } from './sqlite-audit.js'
import { sqliteBareHashes } from './sqlite-bare-hashes.js'
import { sqliteChanges } from './sqlite-changes.js'
import { sqliteChecks } from './sqlite-checks.js'
import { sqliteConnection } from './sqlite-connection.js'
import { openDatabase } from './sqlite-database.js'
import { sqliteEntries } from './sqlite-entries.js'
import { sqliteItems } from './sqlite-items.js'

test('no statement walks or sorts a table that grows to millions', t => {
  const folder = mkdtempSync(join(tmpdir(), 'keersluis-store-'))
  const db = openDatabase(join(folder, 'store.sqlite'))
  t.teardown(() => { db.close(); rmSync(folder, { recursive: true }) })
  const prepare = db.prepare.bind(db)
  const statements: string[] = []
  Object.assign(db, { prepare (sql: string) { statements.push(sql); return prepare(sql) } })
  const connection = sqliteConnection(db)
  const audit = auditAppender(connection)
  sqliteItems(connection, audit)
  sqliteBareHashes(connection, audit)
  sqliteChanges(connection)
  sqliteEntries(connection)
  sqliteChecks(connection, audit)
  sqliteAudit(connection, audit)

  t.ok(statements.length > 20)
  for (const sql of statements) {
    const plan = prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql.replaceAll(/@\w+/g, '1').replaceAll('?', '1')}`).all()
    t.notMatch(plan.map(row => row.detail).join('; '), /SCAN (items|entries|kept_checks|audit)|TEMP B-TREE/, sql.trim())
  }
  t.end()
})
