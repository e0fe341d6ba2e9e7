import type { Database } from 'better-sqlite3'
import { auditAppender, sqliteAudit } from './sqlite-audit.js'
import { sqliteBackup } from './sqlite-backup.js'
import { sqliteBareHashes } from './sqlite-bare-hashes.js'
import { sqliteChanges } from './sqlite-changes.js'
import { sqliteChecks } from './sqlite-checks.js'
import { sqliteConnection } from './sqlite-connection.js'
import { openDatabase, translated, type SqliteOptions } from './sqlite-database.js'
import { sqliteEntries } from './sqlite-entries.js'
import { sqliteItems } from './sqlite-items.js'
import { sqliteKeys } from './sqlite-keys.js'
import { sqliteLists } from './sqlite-lists.js'
import type { Store } from './store.js'

/**
 * The embedded store: one SQLite file (0600), created where there is none. One process may hold it at a time.
 * Statements are synchronous; what may take long comes in pages between which the event loop runs.
 * @throws KeersluisError `storeDamaged`, `storeTooNew`, `dataDirUnusable`, `dataDirLocked`
 */
export function openSqliteStore (file: string, options: SqliteOptions = {}): Store {
  const db = openDatabase(file, options)
  try {
    // Preparing the statements reads the schema, so a damaged one shows here.
    return translated(() => storeOn(db))
  } catch (error) {
    db.close()
    throw error
  }
}

function storeOn (db: Database): Store {
  const connection = sqliteConnection(db)
  const audit = auditAppender(connection)
  return {
    ...sqliteLists(connection, audit),
    ...sqliteItems(connection, audit),
    ...sqliteBareHashes(connection, audit),
    ...sqliteChanges(connection),
    ...sqliteEntries(connection),
    ...sqliteChecks(connection, audit),
    ...sqliteKeys(connection, audit),
    ...sqliteAudit(connection, audit),
    backup: sqliteBackup(connection),
    async ping () {
      connection.read(connection.listVersion)
    },
    async close () {
      db.close()
    }
  }
}
