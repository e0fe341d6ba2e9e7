import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { Test } from 'tap'
import { digestAlgorithms, hitsDefault, perceptualAlgorithms, valueBytes } from './hash-index.js'
import type { Algorithm, HashIndex, IndexEntry, IndexHandle, IndexHit, PackedEntries } from './hash-index.js'
import type { ReaderAnswer, ReaderTask } from './reader-worker.test-support.js'

/** What the contract test needs of an implementation. */
export type ContractIndex = Omit<HashIndex, 'saveSnapshot' | 'loadSnapshot'>

const algorithms: readonly Algorithm[] = [...digestAlgorithms, ...perceptualAlgorithms]

/** A value whose bytes follow from `seed`; different seeds are far apart. */
export function valueOf (algorithm: Algorithm, seed: number): Uint8Array {
  let state = Math.imul(seed + 1, 0x9e3779b1)
  return Uint8Array.from({ length: valueBytes[algorithm] }, () => {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x6d2b79f5 | 0
    return (state ^ (state >>> 13)) & 0xff
  })
}

/** The value with its first `flips` bits turned. */
export function flipped (value: Uint8Array, flips: number): Uint8Array {
  return value.map((byte, i) => {
    const bits = Math.max(0, Math.min(8, flips - 8 * i))
    return byte ^ ((1 << bits) - 1)
  })
}

/** A real thread that searches with nothing but the handle it is sent. */
export class ReaderThread {
  readonly #worker = new Worker(new URL('./reader-worker.test-support.js', import.meta.url))

  async search (task: ReaderTask): Promise<ReaderAnswer> {
    const answered = once(this.#worker, 'message')
    this.#worker.postMessage(task)
    const [answer] = await answered as [ReaderAnswer]
    return answer
  }

  async close (): Promise<void> { await this.#worker.terminate() }
}

const ids = (hits: readonly IndexHit[]): number[] => hits.map((hit) => hit.entryId)

type Part = (t: Test, index: ContractIndex) => void | Promise<void>

const parts: Record<string, Part> = {
  'an empty index finds nothing': (t, index) => {
    for (const algorithm of algorithms) t.same(index.search(algorithm, valueOf(algorithm, 1), 0), [])
    t.equal(index.version, 0)
    t.ok(index.current)
  },
  'an added entry is found by every algorithm, and by no other': (t, index) => {
    index.add(algorithms.map((algorithm, i) => ({ entryId: i + 1, algorithm, value: valueOf(algorithm, 7) })), 3)
    t.equal(index.version, 3)
    algorithms.forEach((algorithm, i) => {
      t.same(index.search(algorithm, valueOf(algorithm, 7), 0), [{ entryId: i + 1, distance: 0 }])
      t.same(index.search(algorithm, valueOf(algorithm, 8), 0), [])
    })
    t.same(index.stats().entries, { md5: 1, sha1: 1, sha256: 1, pdq: 1, blockhash: 1 })
  },
  'hits come by distance, then entry, up to the limit': (t, index) => {
    const value = valueOf('pdq', 1)
    const at = (entryId: number, flips: number): IndexEntry => ({ entryId, algorithm: 'pdq', value: flipped(value, flips) })
    index.add([at(9, 3), at(4, 3), at(5, 0), at(3, 64), at(8, 65), at(4_000_000_000, 3)], 1)
    t.same(index.search('pdq', value, 64), [
      { entryId: 5, distance: 0 }, { entryId: 4, distance: 3 }, { entryId: 9, distance: 3 },
      { entryId: 4_000_000_000, distance: 3 }, { entryId: 3, distance: 64 }
    ])
    t.same(ids(index.search('pdq', value, 3, { hitsMax: 2 })), [5, 4])
    t.same(ids(index.search('pdq', value, 2)), [5])
    t.equal(index.search('pdq', value, 64, { stopAtFirst: true }).length, 1)
    t.equal(index.search('pdq', flipped(value, 200), 31, { stopAtFirst: true }).length, 0)
  },
  'without a limit the default one holds': (t, index) => {
    const value = valueOf('blockhash', 1)
    index.add(Array.from({ length: hitsDefault + 5 }, (_, i) => ({ entryId: i + 1, algorithm: 'blockhash', value })), 1)
    t.equal(index.search('blockhash', value, 10).length, hitsDefault)
    t.equal(index.search('blockhash', value, 10, { hitsMax: hitsDefault + 3 }).length, hitsDefault + 3)
  },
  'adding twice changes nothing; a removed entry may come back': (t, index) => {
    const entry: IndexEntry = { entryId: 1, algorithm: 'sha256', value: valueOf('sha256', 1) }
    const found = (): number[] => ids(index.search('sha256', entry.value, 0))
    index.add([entry, entry], 1)
    index.add([entry], 2)
    t.same(found(), [1])
    index.remove([entry], 3)
    t.same(found(), [])
    index.remove([entry], 4)
    t.equal(index.version, 4)
    index.add([entry], 5)
    t.same(found(), [1])
    t.equal(index.stats().entries.sha256, 1)
  },
  'of two entries with one value, the other stays': (t, index) => {
    for (const algorithm of algorithms) {
      const value = valueOf(algorithm, 2)
      const first = { entryId: 10 + algorithms.indexOf(algorithm), algorithm, value }
      const second = { entryId: 100 + algorithms.indexOf(algorithm), algorithm, value }
      index.add([first, second], 1)
      t.same(ids(index.search(algorithm, value, 0)), [first.entryId, second.entryId])
      index.remove([first], 1)
      t.same(ids(index.search(algorithm, value, 0)), [second.entryId])
    }
  },
  'a bulk load shows nothing before its commit, and nothing after an abort': async (t, index) => {
    const value = valueOf('pdq', 1)
    const dropped = index.bulk()
    dropped.add([{ entryId: 1, algorithm: 'pdq', value }])
    dropped.abort()
    t.throws(() => dropped.commit(1), { code: 'internal' })
    const bulk = index.bulk()
    bulk.add([{ entryId: 2, algorithm: 'pdq', value }])
    bulk.addPacked({ algorithm: 'sha1', entryIds: Uint32Array.of(7, 8), values: Buffer.concat([valueOf('sha1', 1), valueOf('sha1', 2)]) })
    t.equal(bulk.entries, 3)
    t.same(index.search('pdq', value, 0), [])
    index.add([{ entryId: 3, algorithm: 'pdq', value }], 1)
    t.same(ids(index.search('pdq', value, 0)), [3])
    bulk.commit(2)
    const check = (): void => {
      t.same(ids(index.search('pdq', value, 0)), [2, 3])
      t.same(ids(index.search('sha1', valueOf('sha1', 2), 0)), [8])
    }
    check()
    await index.settled()
    check()
    t.equal(index.version, 2)
  },
  'a bulk load may publish in steps': async (t, index) => {
    const bulk = index.bulk()
    const value = (i: number): Uint8Array => valueOf('pdq', i)
    const found = (i: number): number[] => ids(index.search('pdq', value(i), 0))
    for (let step = 1; step <= 3; step++) {
      bulk.add([{ entryId: step, algorithm: 'pdq', value: value(step) }])
      t.same(found(step), [])
      bulk.publish(step)
      t.equal(index.version, step)
      t.same(found(step), [step])
    }
    bulk.add([{ entryId: 9, algorithm: 'pdq', value: value(9) }])
    bulk.abort()
    bulk.abort()
    await index.settled()
    for (let step = 1; step <= 3; step++) t.same(found(step), [step])
    t.same(found(9), [])
    t.throws(() => bulk.publish(4), { code: 'internal' })
  },
  'a load that breaks changes nothing': async (t, index) => {
    const one: PackedEntries = { algorithm: 'md5', entryIds: Uint32Array.of(1), values: valueOf('md5', 1) }
    const breaking = async function * (): AsyncGenerator<PackedEntries[]> {
      yield [one]
      throw new Error('the store is gone')
    }
    await t.rejects(index.load(breaking(), 1), { message: 'the store is gone' })
    t.same(index.search('md5', valueOf('md5', 1), 0), [])
    await index.load([[one]], 2)
    t.same(ids(index.search('md5', valueOf('md5', 1), 0)), [1])
  },
  'what is malformed is refused': (t, index) => {
    t.throws(() => index.search('pdq', new Uint8Array(31), 0), { code: 'malformedHash' })
    t.throws(() => index.search('pdq', new Uint8Array(32), 65), { code: 'invalidRequest' })
    t.throws(() => index.search('pdq', new Uint8Array(32), 0.5), { code: 'invalidRequest' })
    t.throws(() => index.search('md5', new Uint8Array(16), 1), { code: 'invalidRequest' })
    t.throws(() => index.add([{ entryId: 1, algorithm: 'md5', value: new Uint8Array(20) }], 1), { code: 'malformedHash' })
    t.throws(() => index.add([{ entryId: 0, algorithm: 'md5', value: new Uint8Array(16) }], 1), { code: 'internal' })
    index.publish(5)
    t.throws(() => index.publish(4), { code: 'internal' })
    t.equal(index.version, 5)
  },
  'reader threads see adds and removals at once': threadsSeeChanges
}

/** What every implementation of the contract must do. `open` makes an empty index; each part takes its own, which is closed after it. */
export async function hashIndexContract (t: Test, open: () => ContractIndex): Promise<void> {
  for (const [name, part] of Object.entries(parts)) {
    await t.test(name, async (t) => {
      const index = open()
      try { await part(t, index) } finally { await index.close() }
    })
  }
}

async function threadsSeeChanges (t: Test, index: ContractIndex): Promise<void> {
  const threads = [new ReaderThread(), new ReaderThread()]
  let handle: IndexHandle = index.handle()
  const search = async (thread: ReaderThread, entry: IndexEntry): Promise<ReaderAnswer> => {
    const task = { algorithm: entry.algorithm, value: entry.value, radius: 0 }
    const answer = await thread.search({ handle, ...task })
    if (answer.current) return answer
    handle = index.handle()
    return await thread.search({ handle, ...task })
  }
  for (let i = 1; i <= 60; i++) {
    const algorithm = algorithms[i % algorithms.length] ?? 'pdq'
    const entry: IndexEntry = { entryId: i, algorithm, value: valueOf(algorithm, i) }
    index.add([entry], 2 * i)
    for (const thread of threads) t.match(await search(thread, entry), { version: 2 * i, current: true, hits: [{ entryId: i, distance: 0 }] })
    if (i % 3 !== 0) continue
    index.remove([entry], 2 * i + 1)
    for (const thread of threads) t.match(await search(thread, entry), { version: 2 * i + 1, current: true, hits: [] })
  }
  for (const thread of threads) await thread.close()
}
