import type { Database } from 'better-sqlite3'
import { KeersluisError } from '../errors.js'
import { initialMigration } from './migrations/0001-initial.js'
import type { Migration } from './migrations/migration.js'

/** Every migration ever released, by id. */
export const storeMigrations: readonly Migration[] = [initialMigration]

/**
 * Brings the schema up to the last of `migrations`, in one transaction: all that are missing run, or none does.
 * Each id is written before its text runs, so a second process that starts at the same moment waits and then finds it done.
 * @throws KeersluisError `storeTooNew` where the store holds a migration that is not among `migrations`; nothing is changed then
 */
export function migrate (db: Database, migrations: readonly Migration[] = storeMigrations): void {
  db.transaction(() => {
    refuseNewer(db, migrations)
    db.exec('CREATE TABLE IF NOT EXISTS migrations (id INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT')
    const claim = db.prepare<[number, string]>('INSERT INTO migrations (id, name) VALUES (?, ?) ON CONFLICT DO NOTHING')
    for (const { id, name, sql } of migrations) {
      if (claim.run(id, name).changes === 1) db.exec(sql)
    }
  }).immediate()
}

function refuseNewer (db: Database, migrations: readonly Migration[]): void {
  const table = db.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'migrations'").get()
  if (table === undefined) return
  const known = migrations.at(-1)?.id ?? 0
  const last = db.prepare<[], number>('SELECT coalesce(max(id), 0) FROM migrations').pluck().get() ?? 0
  if (last > known) {
    throw new KeersluisError('storeTooNew',
      `The store is at schema ${last} and this version knows schema ${known}: start the newer version, or restore a backup of before the upgrade.`)
  }
}
