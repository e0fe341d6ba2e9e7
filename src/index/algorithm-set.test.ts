import { test } from 'tap'
import type { Algorithm, IndexEntry } from './hash-index.js'
import { AlgorithmSet } from './algorithm-set.js'
import { compileKernel } from './kernel-instance.js'
import { mergeParts } from './part-merge.js'
import { ReaderCache } from './segmented-reader.js'
import { randomValue, randomWords } from './test-data.test-support.js'

/** A merge done by hand, so that changes fall exactly between its start and its end. */
for (const algorithm of ['pdq', 'sha256'] satisfies Algorithm[]) {
  test(`${algorithm}: what changes while a merge runs is so after it`, async (t) => {
    const random = randomWords(2)
    const cache = new ReaderCache()
    let changes = 0
    const set = new AlgorithmSet(algorithm, cache, () => { changes++ })
    const entries = Array.from({ length: 6 }, (_, i): IndexEntry => ({ entryId: i + 1, algorithm, value: randomValue(random) }))
    const [kept, removed, removedAndBack, early, added, addedAndRemoved] = entries as [IndexEntry, IndexEntry, IndexEntry, IndexEntry, IndexEntry, IndexEntry]
    const found = ({ value }: IndexEntry): number => {
      const keys: number[] = []
      for (const part of set.parts) cache.partReader(part).search(cache.queryOf(algorithm, value), 0, 10, false, keys)
      return keys.length
    }
    for (const entry of [kept, removed, removedAndBack, early]) set.add(entry)
    set.remove(early)
    t.equal(set.startMerge({ pendingEntriesMax: 100, rowsMax: 1_000 }, false), undefined)
    const sources = set.startMerge({ pendingEntriesMax: 4, rowsMax: 1_000 }, false) ?? []
    t.equal(sources.length, 1)
    const merged = mergeParts(algorithm, sources, 100, compileKernel())
    for (const entry of [removed, removedAndBack]) set.remove(entry)
    for (const entry of [removedAndBack, added, addedAndRemoved]) set.add(entry)
    set.remove(addedAndRemoved)
    const before = entries.map(found)
    const changesBefore = changes
    set.finishMerge(sources, merged)
    t.same(before, [1, 0, 1, 0, 1, 0])
    t.same(entries.map(found), before)
    t.equal(changes, changesBefore + 1)
    t.equal(set.entries, 3)
  })
}
