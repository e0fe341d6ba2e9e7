import Sqlite from 'better-sqlite3'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { test, type Test } from 'tap'
import { auditHash, detailsText } from './audit-chain.js'
import { matchableEntries, type OpenedStore } from './opened-store.test-support.js'
import { openDatabase } from './sqlite-database.js'
import { openSqliteStore } from './sqlite-store.js'
import { storeContract } from './store-contract.test-support.js'
import { bareItem, by, imageItem, keptCheck, newKey, newList } from './store-samples.test-support.js'
import type { AuditRecord } from './store.js'

function newFile (t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'keersluis-store-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  return join(folder, 'store.sqlite')
}

async function open (t: Test): Promise<OpenedStore> {
  const file = newFile(t)
  const store = openSqliteStore(file)
  let current = store
  t.teardown(() => current.close())
  return {
    store,
    spareFile: `${file}.copy`,
    async reopen () {
      await current.close()
      current = openSqliteStore(file)
      return current
    },
    async openBackup (copy) {
      return openSqliteStore(copy)
    }
  }
}

/** A closed store with a few of everything. */
async function filledFile (t: Test): Promise<string> {
  const file = newFile(t)
  const store = openSqliteStore(file)
  const { value: { listId } } = await store.createList(newList('one'), by('listCreated'))
  await store.addItems(listId, Array.from({ length: 500 }, (_, seed) => imageItem(seed)), by('itemsImported'))
  await store.createKey(newKey(1), by('keyCreated'))
  await store.keepCheck(keptCheck('held'))
  await store.close()
  return file
}

function mode (file: string): string {
  return (statSync(file).mode & 0o777).toString(8)
}

test('the SQLite store is a Store', t => storeContract(t, open))

test('every acknowledged write is on disk: WAL, synchronous FULL', t => {
  const db = openDatabase(newFile(t))
  t.teardown(() => db.close())
  const pragmas = ['journal_mode', 'synchronous', 'foreign_keys', 'trusted_schema', 'secure_delete'].map(name => db.pragma(name, { simple: true }))
  t.strictSame(pragmas, ['wal', 2, 1, 0, 1])
  t.end()
})

test('the files are 0600, also where they were not', async t => {
  const file = newFile(t)
  const before = process.umask(0)
  t.teardown(() => process.umask(before))
  const files = ['', '-wal', '-shm'].map(suffix => file + suffix)
  let store = openSqliteStore(file)
  await store.createList(newList('one'), by('listCreated'))
  t.strictSame(files.map(mode), ['600', '600', '600'])
  await store.backup(`${file}.copy`)
  t.equal(mode(`${file}.copy`), '600')
  await store.close()

  chmodSync(file, 0o644)
  store = openSqliteStore(file)
  await store.ping()
  t.strictSame(files.map(mode), ['600', '600', '600'])
  await store.close()
})

test('what was acknowledged survives kill -9', async t => {
  const file = newFile(t)
  const writer = spawn(process.execPath, [fileURLToPath(new URL('./sqlite-writer.test-support.js', import.meta.url)), file], { stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = once(writer, 'exit')
  const acknowledged: number[] = []
  for await (const line of createInterface(writer.stdout)) {
    acknowledged.push(Number(line))
    if (acknowledged.length === 50) writer.kill('SIGKILL')
  }
  t.strictSame(await exited, [null, 'SIGKILL'])
  t.ok(acknowledged.length >= 50)

  const store = openSqliteStore(file)
  t.teardown(() => store.close())
  const items = await Promise.all(acknowledged.map(itemId => store.item(itemId)))
  t.notOk(items.includes(undefined))
  const entries = await matchableEntries(store, 0)
  t.ok(entries.length >= acknowledged.length)
  t.equal(entries.length + 1, await store.listVersion(), 'each addition is whole, with its version')
  t.match(await store.verifyAudit(), { intact: true, records: entries.length + 1 })
})

test('a store of a newer version is refused and left alone', async t => {
  const file = await filledFile(t)
  const db = new Sqlite(file)
  db.prepare('INSERT INTO migrations (id, name) VALUES (?, ?)').run(9_999, 'of the future')
  db.close()
  const before = readFileSync(file)
  t.throws(() => openSqliteStore(file), { code: 'storeTooNew', message: /9999/ })
  t.ok(readFileSync(file).equals(before))
})

test('a damaged store is refused in one line', async t => {
  const damages: Record<string, (file: string) => void> = {
    'a text': file => writeFileSync(file, 'not a database '.repeat(1_000)),
    'no bytes, which must not become an empty store': file => truncateSync(file, 0),
    'half of the file': file => truncateSync(file, Math.floor(statSync(file).size / 8192) * 4096),
    'another application': file => {
      rmSync(file)
      new Sqlite(file).exec('CREATE TABLE state (one)').close()
    },
    'a table too few': file => {
      const db = new Sqlite(file)
      db.exec('DROP TABLE kept_checks')
      db.close()
    },
    'a log without its database': file => renameSync(file, `${file}-wal`)
  }
  for (const [name, damage] of Object.entries(damages)) {
    const file = await filledFile(t)
    damage(file)
    t.throws(() => openSqliteStore(file), { code: 'storeDamaged', message: /^[^\n]+\.$/ }, name)
  }
})

test('damage inside is found when it is read', async t => {
  const file = await filledFile(t)
  const bytes = readFileSync(file)
  const db = openDatabase(file)
  const root = db.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'entries'").pluck().get() as number
  db.close()
  writeFileSync(file, bytes.fill(0xa5, (root - 1) * 4096, root * 4096))
  const store = openSqliteStore(file)
  t.teardown(() => store.close())
  await t.rejects(matchableEntries(store, 0), { code: 'storeDamaged' })
})

test('a folder that cannot be used', t => {
  t.throws(() => openSqliteStore(join(newFile(t), 'missing', 'store.sqlite')), { code: 'dataDirUnusable' })
  t.end()
})

test('a second writer is told, and nothing of the change stays', async t => {
  const file = await filledFile(t)
  const store = openSqliteStore(file, { busyTimeoutMs: 1 })
  t.teardown(() => store.close())
  const other = new Sqlite(file)
  other.exec('BEGIN IMMEDIATE')
  await t.rejects(store.createList(newList('two'), by('listCreated')), { code: 'dataDirLocked' })
  other.exec('ROLLBACK')
  other.close()
  t.equal((await store.createList(newList('two'), by('listCreated'))).version, 3)
})

test('a start that was interrupted leaves nothing in the way', async t => {
  const file = newFile(t)
  writeFileSync(`${file}.new`, 'half a store')
  const store = openSqliteStore(file)
  t.equal(await store.listVersion(), 0)
  await store.close()
  t.notOk(existsSync(`${file}.new`))
  t.strictSame(readdirSync(join(file, '..')), ['store.sqlite'])
})

test('an altered audit log is noticed, and where', async t => {
  const alterations: Array<[string, number]> = [
    ["UPDATE audit SET actor = 'nobody' WHERE seq = 2", 2],
    ["UPDATE audit SET at = '2020-01-01T00:00:00.000Z' WHERE seq = 1", 1],
    ["UPDATE audit SET details = replace(details, '500', '499') WHERE seq = 2", 2],
    ['DELETE FROM audit WHERE seq = 2', 2],
    ['DELETE FROM audit WHERE seq = 3', 3],
    ['UPDATE audit SET hash = zeroblob(32) WHERE seq = 3', 3],
    ['INSERT INTO audit SELECT 4, at, actor, action, details, hash, hash FROM audit WHERE seq = 3', 4],
    ['DELETE FROM audit', 1]
  ]
  for (const [sql, brokenAtSeq] of alterations) {
    const file = await filledFile(t)
    const db = new Sqlite(file)
    t.throws(() => db.exec('DELETE FROM audit'), /never deleted/)
    t.throws(() => db.exec("UPDATE audit SET actor = ''"), /never changed/)
    db.exec('DROP TRIGGER audit_keeps_records; DROP TRIGGER audit_keeps_text')
    db.exec(sql)
    db.close()
    const store = openSqliteStore(file)
    t.strictSame(await store.verifyAudit(), { intact: false, brokenAtSeq }, sql)
    await store.close()
  }
})

test('entry ids end at 2^32 - 1', async t => {
  const file = newFile(t)
  let store = openSqliteStore(file)
  const { value: { listId } } = await store.createList(newList('one'), by('listCreated'))
  await store.close()
  const db = new Sqlite(file)
  db.exec('UPDATE state SET next_entry_id = 4294967295')
  db.close()
  store = openSqliteStore(file)
  t.teardown(() => store.close())
  await t.rejects(store.addItems(listId, [bareItem(1), bareItem(2)], by('itemAdded')), /every entry id/)
  const { value: [added] } = await store.addItems(listId, [bareItem(1)], by('itemAdded'))
  t.equal(added?.entries[0]?.entryId, 2 ** 32 - 1)
  await t.rejects(store.addItems(listId, [bareItem(2)], by('itemAdded')), /every entry id/)
  t.strictSame(await matchableEntries(store, 2 ** 32 - 2), [{ entryId: 2 ** 32 - 1, algorithm: 'pdq', value: bareItem(1).entries[0]?.value }])
})

test('forged records with hashes that fit are noticed by the record after, or by the head', async t => {
  const forgeries: Array<[seq: number, forged: Partial<AuditRecord>, brokenAtSeq: number]> = [
    [2, { actor: 'nobody' }, 3],
    [3, { actor: 'nobody' }, 3],
    [3, { seq: 4 }, 3]
  ]
  for (const [seq, forged, brokenAtSeq] of forgeries) {
    const file = await filledFile(t)
    const store = openSqliteStore(file)
    t.teardown(() => store.close())
    const [record] = await store.auditRecords(seq - 1, 1)
    const forgery = { ...record ?? t.fail('no record') as never, ...forged }
    const db = new Sqlite(file)
    db.exec('DROP TRIGGER audit_keeps_text')
    const hash = Buffer.from(auditHash({ ...forgery, details: detailsText(forgery.details) }), 'hex')
    db.prepare('UPDATE audit SET seq = ?, actor = ?, hash = ? WHERE seq = ?').run(forgery.seq, forgery.actor, hash, seq)
    // The forger of a sequence number also moves the head.
    if (forged.seq !== undefined) db.prepare('UPDATE state SET audit_seq = ?, audit_hash = ?').run(forged.seq, hash)
    db.close()
    t.strictSame(await store.verifyAudit(), { intact: false, brokenAtSeq })
  }
})
