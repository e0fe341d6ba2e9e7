import Sqlite, { type Database } from 'better-sqlite3'
import { chmodSync, closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { KeersluisError } from '../errors.js'
import { migrate } from './sqlite-migrations.js'

/** "KEER", as migration 1 writes it into the header of the file. */
const applicationId = 0x4b454552
/** SQLite's name for each of the two files beside the database. */
const companions = ['-wal', '-shm']

export interface SqliteOptions {
  /** How long a statement waits for another process's lock. */
  busyTimeoutMs?: number
}

/**
 * Opens the database file, creating it (0600) where there is none, with every migration applied.
 * @throws KeersluisError `storeDamaged`, `storeTooNew`, `dataDirUnusable`
 */
export function openDatabase (file: string, { busyTimeoutMs = 5_000 }: SqliteOptions = {}): Database {
  // better-sqlite3 hands the name to SQLite, which would read `file:...` as a URI: an absolute path never is one.
  const path = resolve(file)
  return translated(() => {
    if (!existsSync(path)) createDatabase(path)
    // SQLite gives the -wal and -shm files the mode of the database.
    for (const suffix of ['', ...companions]) if (existsSync(path + suffix)) chmodSync(path + suffix, 0o600)
    const db = new Sqlite(path, { fileMustExist: true, timeout: busyTimeoutMs })
    try {
      if (db.pragma('application_id', { simple: true }) !== applicationId) {
        throw new KeersluisError('storeDamaged', 'The file of the store is not a store of Keersluis: restore a backup.')
      }
      configure(db)
      migrate(db)
      return db
    } catch (error) {
      db.close()
      throw error
    }
  })
}

/**
 * Builds the file beside its place and moves it there when it is complete. So a file that exists and is empty is always
 * damage, and never becomes a store without known material that allows everything.
 */
function createDatabase (path: string): void {
  if (existsSync(`${path}-wal`)) {
    throw new KeersluisError('storeDamaged', 'The file of the store is missing while its write-ahead log is there: restore a backup.')
  }
  const unfinished = `${path}.new`
  for (const suffix of ['', ...companions, '-journal']) rmSync(unfinished + suffix, { force: true })
  closeSync(openSync(unfinished, 'wx', 0o600))
  const db = new Sqlite(unfinished)
  try {
    configure(db)
    migrate(db)
  } finally {
    db.close()
  }
  renameSync(unfinished, path)
  const folder = openSync(dirname(path), 'r')
  fsyncSync(folder)
  closeSync(folder)
}

function configure (db: Database): void {
  db.pragma('journal_mode = WAL')
  // better-sqlite3 is built with NORMAL for WAL, which may lose the last commits at a power cut.
  db.pragma('synchronous = FULL')
  db.pragma('foreign_keys = ON')
  db.pragma('trusted_schema = OFF')
  db.pragma('cell_size_check = ON')
  // What expired shall not be readable in the free pages of the file.
  db.pragma('secure_delete = ON')
  db.pragma('journal_size_limit = 67108864')
  db.pragma('cache_size = -65536')
}

/** Runs `work` and turns what SQLite or the file system says about the file into one clear sentence. Other errors pass. */
export function translated<T> (work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw asStoreError(error)
  }
}

function asStoreError (error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  // All statements are prepared at the start: a plain SQLITE_ERROR there is a table or column that is missing.
  if (/^SQLITE_(CORRUPT|NOTADB|ERROR$)/.test(code)) {
    return new KeersluisError('storeDamaged', 'The file of the store is damaged: restore a backup.', { cause: error })
  }
  if (/^SQLITE_BUSY/.test(code)) {
    return new KeersluisError('dataDirLocked', 'Another process holds the store: stop it, or try again when it is done.', { cause: error })
  }
  if (/^(SQLITE_FULL|ENOSPC)/.test(code)) {
    return new KeersluisError('dataDirUnusable', 'The disk of the data folder is full: make room.', { cause: error })
  }
  if (/^(SQLITE_(CANTOPEN|READONLY|PERM|IOERR|AUTH)|EACCES|EPERM|EROFS|ENOENT|ENOTDIR|EISDIR|EIO)/.test(code)) {
    return new KeersluisError('dataDirUnusable', `The store cannot be read or written (${code}): check the data folder and its permissions.`, { cause: error })
  }
  return error
}
