import Sqlite from 'better-sqlite3'
import { test } from 'tap'
import type { Migration } from './migrations/migration.js'
import { migrate, storeMigrations } from './sqlite-migrations.js'

const first: Migration = { id: 1, name: 'first', sql: "CREATE TABLE notes (text TEXT) STRICT; INSERT INTO notes VALUES ('kept')" }
const second: Migration = { id: 2, name: 'second', sql: 'ALTER TABLE notes ADD COLUMN stars INTEGER NOT NULL DEFAULT 3' }

test('the migrations are numbered without a gap', t => {
  t.strictSame(storeMigrations.map(migration => migration.id), storeMigrations.map((_, index) => index + 1))
  t.end()
})

test('a store of an older version is brought up, once, and keeps its rows', t => {
  const db = new Sqlite(':memory:')
  migrate(db, [first])
  migrate(db, [first, second])
  migrate(db, [first, second])
  t.strictSame(db.prepare('SELECT * FROM notes').all(), [{ text: 'kept', stars: 3 }])
  t.strictSame(db.prepare('SELECT id, name FROM migrations ORDER BY id').all(), [{ id: 1, name: 'first' }, { id: 2, name: 'second' }])
  t.end()
})

test('a newer store is refused', t => {
  const db = new Sqlite(':memory:')
  migrate(db, [first, second])
  t.throws(() => migrate(db, [first]), { code: 'storeTooNew', message: /schema 2 and this version knows schema 1/ })
  t.end()
})

test('a migration that fails leaves nothing of itself or of those before it', t => {
  const db = new Sqlite(':memory:')
  migrate(db, [first])
  t.throws(() => migrate(db, [first, second, { id: 3, name: 'broken', sql: 'CREATE TABLE extra (a); SELECT nonsense' }]), /nonsense/)
  t.strictSame(db.prepare('SELECT * FROM notes').all(), [{ text: 'kept' }])
  t.strictSame(db.prepare('SELECT id FROM migrations').pluck().all(), [1])
  t.equal(db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'extra'").get(), undefined)
  t.end()
})
