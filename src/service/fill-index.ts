import type { HashIndex, SnapshotCover } from '../index/hash-index.js'
import type { Store } from '../store/store.js'

export interface FillReport {
  from: 'snapshot' | 'store'
  entries: number
  elapsedMs: number
  /** Why a snapshot that is there was not used. */
  problem?: string
}

/** Names the store's whole past: a store that has this audit record went through everything that came before it. */
export async function storeMark (store: Store): Promise<string> {
  const { seq, hash } = await store.auditHead()
  return `${seq}:${hash}`
}

/**
 * Fills an empty index at the start of a gate: from the snapshot and what changed after it, or from all rows of the store where
 * there is no snapshot that is sound and of this store. When it returns, every search is right: where search tables are missing, they are
 * built in the background while every row is compared.
 */
export async function fillIndex (store: Store, index: HashIndex, folder: string): Promise<FillReport> {
  const startedMs = performance.now()
  const version = await store.listVersion()
  const snapshot = await index.loadSnapshot(folder, async cover => await isOf(store, version, cover))
  if (snapshot.loaded) {
    for await (const page of store.removedEntriesSince(snapshot.coveredVersion)) index.remove(page, snapshot.coveredVersion)
  }
  await index.load(store.matchableEntries(snapshot.loaded ? snapshot.lastEntryId : 0), version)
  return {
    from: snapshot.loaded ? 'snapshot' : 'store',
    entries: Object.values(index.stats().entries).reduce((sum, entries) => sum + entries, 0),
    elapsedMs: Math.round(performance.now() - startedMs),
    ...(snapshot.loaded || snapshot.problem === 'missing' ? {} : { problem: snapshot.problem })
  }
}

/** A store that was put back from a backup has another past than a snapshot that was saved after the backup. */
async function isOf (store: Store, version: number, { coveredVersion, mark }: SnapshotCover): Promise<boolean> {
  const [seq, hash] = mark.split(':')
  if (coveredVersion > version) return false
  if (seq === '0') return true
  const [record] = await store.auditRecords(Number(seq) - 1, 1)
  return record?.hash === hash
}
