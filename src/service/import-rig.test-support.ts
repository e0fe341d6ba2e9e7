import path from 'node:path'
import type { Test } from 'tap'
import { radiusMax, type Algorithm, type HashIndex } from '../index/hash-index.js'
import { openHashIndex } from '../index/open.js'
import type { ListKind } from '../policy/list-policy.js'
import { openSqliteStore } from '../store/sqlite-store.js'
import type { Store } from '../store/store.js'
import { ChangeQueue } from './change-queue.js'
import { fillIndex, type FillReport } from './fill-index.js'
import { Imports, type ImportResult } from './import.js'
import { Lists } from './lists.js'

/** What an import needs, without a gate around it. */
export interface ImportRig {
  store: Store
  index: HashIndex
  lists: Lists
  changes: ChangeQueue
  imports: Imports
  snapshotFolder: string
  filled: FillReport
  createList (name: string, kind?: ListKind): Promise<void>
  run (list: string, lines: readonly string[]): Promise<ImportResult>
  close (): Promise<void>
}

/** Opens store and index in `folder` as a start of the gate does. */
export async function openRig (folder: string): Promise<ImportRig> {
  const store = openSqliteStore(path.join(folder, 'store.sqlite'))
  const index = openHashIndex()
  const snapshotFolder = path.join(folder, 'snapshot')
  const filled = await fillIndex(store, index, snapshotFolder)
  const changes = new ChangeQueue()
  const lists = await Lists.open({ store, index, changes }, 50)
  const imports = new Imports({ store, index, lists, changes })
  return {
    store,
    index,
    lists,
    changes,
    imports,
    snapshotFolder,
    filled,
    createList: async (name, kind = 'known') => { await lists.create({ name, kind, action: 'block', category: '', source: '', legalGround: '' }, 'test') },
    run: async (list, lines) => await imports.run(list, piecesOf(lines.join('\n')), 'test'),
    close: async () => {
      await index.close()
      await store.close()
    }
  }
}

/** The same, closed when the test ends. */
export async function testRig (t: Test): Promise<ImportRig> {
  const rig = await openRig(t.testdir())
  t.teardown(rig.close)
  return rig
}

async function * piecesOf (text: string): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < text.length; at += 60_000) yield Buffer.from(text.slice(at, at + 60_000))
}

/** A PDQ value of the right weight; different seeds are far apart, except where `flips` turns so many pairs of bits. */
export function pdqOf (seed: number, flips = 0): Uint8Array {
  let state = Math.imul(seed + 1, 0x9e3779b1)
  const bits = Array.from({ length: 128 }, () => {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x6d2b79f5 | 0
    return (state >>> 13) & 1
  })
  const value = new Uint8Array(32)
  bits.forEach((bit, i) => { value[i >>> 3] = (value[i >>> 3] ?? 0) | bit << (i & 7) })
  // The second half is the complement of the first, so half of all bits are ones.
  for (let i = 0; i < 16; i++) value[16 + i] = ~(value[i] ?? 0)
  for (let i = 0; i < flips; i++) {
    value[i >>> 3] = (value[i >>> 3] ?? 0) ^ 1 << (i & 7)
    value[16 + (i >>> 3)] = (value[16 + (i >>> 3)] ?? 0) ^ 1 << (i & 7)
  }
  return value
}

export function lineOf (algorithm: Algorithm, value: Uint8Array): string {
  return `${algorithm} ${Buffer.from(value).toString('hex')}`
}

export const pdqLines = (from: number, to: number): string[] => Array.from({ length: to - from }, (_, i) => lineOf('pdq', pdqOf(from + i)))

/** The entries that the index has of this value. */
export function matches (rig: Pick<ImportRig, 'index'>, algorithm: Algorithm, value: Uint8Array, radius = 0): number {
  return rig.index.search(algorithm, value, Math.min(radius, radiusMax)).length
}
