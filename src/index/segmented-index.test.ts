import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { test } from 'tap'
import { hitsLimit, perceptualAlgorithms, radiusMax, valueBytes } from './hash-index.js'
import type { Algorithm, IndexEntry, SearchOptions } from './hash-index.js'
import { hSparse } from './kernel/layout.js'
import { LinearIndex } from './linear-index.js'
import { readHeader } from './part.js'
import type { Part } from './part.js'
import { isDigest } from './search-input.js'
import { SegmentedIndex } from './segmented-index.js'
import { randomValue, randomWords, turned, valueKinds } from './test-data.test-support.js'

const algorithms: readonly Algorithm[] = ['md5', 'sha256', ...perceptualAlgorithms]
const settings = { deltaEntriesMax: 40, loadingEntriesMax: 100, segmentRowsMax: 150 }
const kinds = fc.constantFrom(...Object.keys(valueKinds))
const counts = fc.integer({ min: 1, max: 120 })

/** What can happen to an index. */
const operation = fc.oneof(
  { weight: 4, arbitrary: fc.record({ does: fc.constant('add' as const), kind: kinds, count: counts }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('bulk' as const), kind: kinds, count: counts }) },
  { weight: 3, arbitrary: fc.record({ does: fc.constant('remove' as const), oneIn: fc.integer({ min: 1, max: 8 }) }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('bringBack' as const) }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('settle' as const) }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('reload' as const), late: fc.boolean() }) }
)
type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never

/** The index under test beside the plain one; both see the same changes. */
class Twins {
  index = new SegmentedIndex(settings)
  readonly oracle = new LinearIndex()
  readonly #random: () => number
  readonly #folder: string
  readonly #live = new Map<number, IndexEntry>()
  readonly #gone = new Map<number, IndexEntry>()
  #nextId = 1
  #version = 0

  constructor (seed: number, folder: string) {
    this.#random = randomWords(seed)
    this.#folder = folder
  }

  async apply (step: Operation): Promise<void> {
    switch (step.does) {
      case 'add': this.#add(this.#fresh(step.kind, step.count)); break
      case 'bringBack': this.#add([...this.#gone.values()]); break
      case 'bulk': this.#bulk(this.#fresh(step.kind, step.count)); break
      case 'remove': this.#remove([...this.#live.values()].filter(() => this.#random() % step.oneIn === 0)); break
      case 'settle': await this.index.settled(); break
      case 'reload': await this.#reload(step.late)
    }
  }

  /** Searches both near what is there, near what was, and anywhere; returns the first difference. */
  difference (): string | undefined {
    const known = [...this.#live.values(), ...this.#gone.values()]
    for (let i = 0; i < 40; i++) {
      const near = known[this.#random() % (known.length + 1)]
      const algorithm = near?.algorithm ?? algorithms[i % algorithms.length] ?? 'pdq'
      const radius = isDigest(algorithm) ? 0 : this.#random() % (radiusMax + 1)
      const centre = near?.value ?? randomValue(this.#random).subarray(0, valueBytes[algorithm])
      const value = isDigest(algorithm) ? centre : turned(centre, this.#random() % (radiusMax + 1), this.#random)
      const options: SearchOptions = { hitsMax: i % 4 === 0 ? 1 + this.#random() % 20 : hitsLimit }
      const right = this.oracle.search(algorithm, value, radius, options)
      const got = this.index.search(algorithm, value, radius, options)
      if (JSON.stringify(got) !== JSON.stringify(right)) return `${algorithm} within ${radius}: ${got.length} hits instead of ${right.length}, or others`
      if (this.index.search(algorithm, value, radius, { stopAtFirst: true }).length !== Math.min(1, right.length)) return 'stopAtFirst'
    }
    const [mine, right] = [this.index.stats(), this.oracle.stats()]
    return JSON.stringify(mine.entries) === JSON.stringify(right.entries) && mine.version === right.version ? undefined : 'the statistics'
  }

  async close (): Promise<void> { await this.index.close() }

  #fresh (kind: string, count: number): IndexEntry[] {
    const values = valueKinds[kind]?.(count, this.#random) ?? []
    const algorithm = algorithms[this.#random() % algorithms.length] ?? 'pdq'
    return values.map((value) => ({ entryId: this.#nextId++, algorithm, value: value.slice(0, valueBytes[algorithm]) }))
  }

  #add (entries: IndexEntry[]): void {
    this.#version++
    this.index.add(entries, this.#version)
    this.oracle.add(entries, this.#version)
    for (const entry of entries) {
      this.#live.set(entry.entryId, entry)
      this.#gone.delete(entry.entryId)
    }
  }

  #bulk (entries: IndexEntry[]): void {
    this.#version++
    const half = entries.length >> 1
    for (const index of [this.index, this.oracle]) {
      const bulk = index.bulk()
      bulk.add(entries.slice(0, half))
      bulk.publish(this.#version)
      bulk.add(entries.slice(half))
      bulk.commit(this.#version)
    }
    for (const entry of entries) this.#live.set(entry.entryId, entry)
  }

  #remove (entries: IndexEntry[]): void {
    this.#version++
    this.index.remove(entries, this.#version)
    this.oracle.remove(entries, this.#version)
    for (const entry of entries) {
      this.#gone.set(entry.entryId, entry)
      this.#live.delete(entry.entryId)
    }
  }

  /** A restart: what changed after the snapshot is replayed, as a store would, all of it or only what is newer. */
  async #reload (late: boolean): Promise<void> {
    const { coveredVersion } = await this.index.saveSnapshot(this.#folder)
    if (late) {
      this.#add(this.#fresh('clustered', 10))
      this.#remove([...this.#live.values()].filter(() => this.#random() % 5 === 0))
    }
    await this.index.close()
    this.index = new SegmentedIndex(settings)
    const loaded = await this.index.loadSnapshot(this.#folder)
    if (!loaded.loaded || loaded.coveredVersion !== coveredVersion) throw new Error('The snapshot was not loaded.')
    this.index.add([...this.#live.values()], this.#version)
    this.index.remove([...this.#gone.values()], this.#version)
  }
}

test('in any order of changes, merges and restarts, the index answers as the plain one does', async (t) => {
  await fc.assert(fc.asyncProperty(fc.integer({ min: 1, max: 1_000_000 }), fc.array(operation, { minLength: 1, maxLength: 14 }), async (seed, steps) => {
    const folder = mkdtempSync(join(tmpdir(), 'keersluis-index-'))
    const twins = new Twins(seed, folder)
    try {
      for (const step of steps) {
        await twins.apply(step)
        const difference = twins.difference()
        if (difference !== undefined) throw new Error(`after ${step.does}: ${difference}`)
      }
      await twins.index.settled()
      const difference = twins.difference()
      if (difference !== undefined) throw new Error(`when settled: ${difference}`)
    } finally {
      await twins.close()
      rmSync(folder, { recursive: true })
    }
  }), { numRuns: 25 })
  t.pass()
})

test('a live block that fills up is followed by another', async (t) => {
  const index = new SegmentedIndex({ deltaEntriesMax: 1_000_000 })
  const random = randomWords(3)
  const entries = Array.from({ length: 70_000 }, (_, i): IndexEntry => ({ entryId: i + 1, algorithm: 'blockhash', value: randomValue(random) }))
  const before = index.handle()
  index.add(entries, 1)
  t.not(index.handle(), before)
  for (const entry of [entries[0], entries[65_535], entries[65_536], entries[69_999]]) {
    if (entry !== undefined) t.same(index.search('blockhash', entry.value, 20), [{ entryId: entry.entryId, distance: 0 }])
  }
  t.equal(index.stats().deltaEntries, 70_000)
  await index.close()
})

test('a merge that fails is reported, and the answers stay right', async (t) => {
  const problems: unknown[] = []
  // A segment of NaN rows cannot be built.
  const index = new SegmentedIndex({ deltaEntriesMax: 4, segmentRowsMax: Number.NaN, onProblem: (error) => problems.push(error) })
  const random = randomWords(4)
  const entries = Array.from({ length: 5 }, (_, i): IndexEntry => ({ entryId: i + 1, algorithm: 'pdq', value: randomValue(random) }))
  index.add(entries, 1)
  await t.rejects(index.settled())
  t.equal(problems.length, 1)
  for (const entry of entries) t.same(index.search('pdq', entry.value, 0), [{ entryId: entry.entryId, distance: 0 }])
  await index.close()
})

test('a merge that cannot work is not tried again and again, however much waits', async (t) => {
  const problems: unknown[] = []
  const index = new SegmentedIndex({ deltaEntriesMax: 4, segmentRowsMax: Number.NaN, onProblem: (error) => problems.push(error) })
  const random = randomWords(6)
  const values = Array.from({ length: 12 }, () => randomValue(random))
  const load = index.bulk()
  for (const [i, value] of values.entries()) {
    load.add([{ entryId: i + 1, algorithm: 'pdq', value }])
    load.publish(i + 1)
  }
  load.commit(values.length)
  await t.rejects(index.settled())
  t.ok(problems.length <= 3, `tried ${problems.length} times`)
  for (const [i, value] of values.entries()) t.same(index.search('pdq', value, 0), [{ entryId: i + 1, distance: 0 }])
  await index.close()
})

test('a hundred thousand entries, near ones among them, in sparse tables', async (t) => {
  const random = randomWords(3)
  const values = [...valueKinds.uniform?.(90_000, random) ?? [], ...valueKinds.clustered?.(9_000, random) ?? [], ...valueKinds.duplicated?.(1_000, random) ?? []]
  const entries = values.map((value, i): IndexEntry => ({ entryId: i + 1, algorithm: 'pdq', value }))
  const index = new SegmentedIndex()
  const oracle = new LinearIndex()
  for (const each of [index, oracle]) each.add(entries, 1)
  await index.settled()
  t.equal(index.stats().segments, 1)
  const [part] = (index.handle().parts as { parts: Part[] }).parts
  t.equal(part === undefined ? 0 : readHeader(part.memory, hSparse), 1)
  for (let i = 0; i < 25; i++) {
    const query = turned(values[i % 2 === 0 ? random() % 90_000 : 90_000 + random() % 10_000] ?? new Uint8Array(32), random() % 40, random)
    for (const radius of [0, 10, 24, 31, 40, 64]) {
      const right = oracle.search('pdq', query, radius, { hitsMax: hitsLimit })
      if (JSON.stringify(index.search('pdq', query, radius, { hitsMax: hitsLimit })) !== JSON.stringify(right)) t.fail(`a wrong answer at radius ${radius}`)
    }
  }
  await index.close()
})
