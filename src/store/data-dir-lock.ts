import Sqlite from 'better-sqlite3'
import { chmodSync } from 'node:fs'
import { KeersluisError } from '../errors.js'

/**
 * Takes the data folder for this process, for as long as the process lives or until the lock is released.
 * SQLite holds a lock of the operating system on the file, which ends with its process however that ends; so nobody has
 * to judge whether an owner is still alive, and two starts at once cannot both win.
 * @throws KeersluisError `dataDirLocked`, `dataDirUnusable`
 */
export function lockDataDir (file: string): () => void {
  const db = openLockFile(file)
  try {
    // Nothing is ever written, so no journal needs to lie beside the file.
    db.pragma('journal_mode = MEMORY')
    db.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    db.close()
    throw new KeersluisError('dataDirLocked', 'Another gate holds the data folder; stop it, or choose another folder with KEERSLUIS_DATA_DIR.', { cause: error })
  }
  return () => { db.close() }
}

function openLockFile (file: string): Sqlite.Database {
  try {
    const db = new Sqlite(file, { timeout: 0 })
    chmodSync(file, 0o600)
    return db
  } catch (error) {
    throw new KeersluisError('dataDirUnusable', 'The data folder cannot be locked: check that you own it and that its disk is local.', { cause: error })
  }
}
