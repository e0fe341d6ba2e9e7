import type { Test } from 'tap'
import { valueBytes } from '../index/hash-index.js'
import type { MatchableEntry, Store } from './store.js'

export interface OpenedStore {
  /** An empty store. */
  store: Store
  /** Closes the store and opens it again on what it kept. */
  reopen (): Promise<Store>
  /** A file that does not exist, in a folder that does. */
  spareFile: string
  /** Opens a backup as a store. */
  openBackup (file: string): Promise<Store>
}

/** Opens a new, empty store and disposes of it after the test. */
export type OpenStore = (t: Test) => Promise<OpenedStore>

/** Tests by what they show. */
export type StoreTests = Record<string, (t: Test, open: OpenStore) => Promise<void>>

/** All pages of a walk as one. */
export async function collect<T> (pages: AsyncIterable<T[]>): Promise<T[]> {
  const all: T[] = []
  for await (const page of pages) all.push(...page)
  return all
}

/** All matchable entries above an id, one by one. */
export async function matchableEntries (store: Store, afterEntryId: number): Promise<MatchableEntry[]> {
  const runs = await collect(store.matchableEntries(afterEntryId))
  return runs.flatMap(({ algorithm, entryIds, values }) => Array.from(entryIds, (entryId, i) =>
    ({ entryId, algorithm, value: values.slice(i * valueBytes[algorithm], (i + 1) * valueBytes[algorithm]) })))
}
