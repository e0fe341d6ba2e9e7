import { open, rm } from 'node:fs/promises'
import { resolve } from 'node:path'
import { KeersluisError } from '../errors.js'
import type { SqliteConnection } from './sqlite-connection.js'

/** Pages (4 KiB) copied between two turns of the event loop. */
const stepPages = 1_000

/** SQLite's online backup: a consistent copy, whatever is written meanwhile. */
export function sqliteBackup ({ db, read }: SqliteConnection): (file: string) => Promise<void> {
  return async file => {
    const path = resolve(file)
    try {
      // better-sqlite3 trims the name, so the copy would land in another file than the one made here.
      if (path !== path.trim()) throw new Error('The name ends with a blank.')
      const made = await open(path, 'wx', 0o600)
      await made.close()
    } catch (error) {
      throw new KeersluisError('fileUnreadable', 'The backup cannot be written there, or the file exists: choose another file.', { cause: error })
    }
    try {
      await read(() => db.backup(path, { progress: () => stepPages }))
    } catch (error) {
      await rm(path, { force: true })
      throw new KeersluisError('fileUnreadable', 'The backup could not be completed: check the disk it is written to.', { cause: error })
    }
  }
}
