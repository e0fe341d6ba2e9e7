import type { Database } from 'better-sqlite3'
import { KeersluisError } from '../errors.js'
import { translated } from './sqlite-database.js'

/** How the parts of the SQLite store use the one open database. Everything inside runs synchronously, so nothing comes between. */
export interface SqliteConnection {
  readonly db: Database
  /** Runs statements that only read. */
  read<T> (work: () => T): T
  /** Runs `change` as one transaction that is on disk when it returns; an error leaves nothing of it. */
  write<T> (change: () => T): T
  /** The newest list version. */
  listVersion (): number
  /** Counts the list version up, inside `write`. */
  nextListVersion (): number
}

export function sqliteConnection (db: Database): SqliteConnection {
  const transaction = db.transaction((change: () => unknown) => change())
  const version = db.prepare<[], number>('SELECT list_version FROM state').pluck()
  const countVersion = db.prepare<[], number>('UPDATE state SET list_version = list_version + 1 RETURNING list_version').pluck()

  function read<T> (work: () => T): T {
    if (!db.open) throw new KeersluisError('shuttingDown', 'The store is closed.')
    return translated(work)
  }
  return {
    db,
    read,
    write: <T>(change: () => T) => read(() => transaction.immediate(change) as T),
    listVersion: () => theOne(version.get()),
    nextListVersion: () => theOne(countVersion.get())
  }
}

/** The row that must be there, as that of the table `state`. */
export function theOne<T> (row: T | undefined): T {
  if (row === undefined) throw new KeersluisError('storeDamaged', 'The store lacks a row that it cannot be without: restore a backup.')
  return row
}
