import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { BitPermutation } from '#keersluis/index/bit-permutation.js'
import type { HashIndex, IndexHandle, IndexHit } from '#keersluis/index/hash-index.js'
import { compileKernel } from '#keersluis/index/kernel-instance.js'
import { openHashIndex } from '#keersluis/index/open.js'
import { hitOf } from '#keersluis/index/part-reader.js'
import { PerceptualReader } from '#keersluis/index/perceptual-reader.js'
import type { HandleParts } from '#keersluis/index/segmented-reader.js'
import { makeQueries, makeValues } from './data.js'
import type { DataKind } from './data.js'
import { median, nowUs } from './timing.js'

const batch = 10_000

/** One index filled with made-up values, with what it takes to compare it with others. */
export class Dataset {
  readonly kind: DataKind
  readonly count: number
  readonly values: Uint8Array
  readonly queries: Uint8Array[]
  readonly index: HashIndex = openHashIndex()
  readonly permutation = new BitPermutation()
  importS = 0
  buildS = 0
  bytesPerHash = 0

  constructor (kind: DataKind, count: number, queries: number) {
    this.kind = kind
    this.count = count
    this.values = makeValues(kind, count)
    this.queries = makeQueries(kind, this.values, queries)
  }

  /** Bulk import, then the background build of the tables. */
  async fill (): Promise<void> {
    const start = nowUs()
    const bulk = this.index.bulk()
    for (let i = 0; i < this.count; i += batch) {
      const count = Math.min(batch, this.count - i)
      bulk.addPacked({ algorithm: 'pdq', entryIds: Uint32Array.from({ length: count }, (_, k) => i + k + 1), values: this.values.subarray(32 * i, 32 * (i + count)) })
    }
    bulk.commit(1)
    this.importS = (nowUs() - start) / 1e6
    await this.index.settled()
    this.buildS = (nowUs() - start) / 1e6 - this.importS
    this.bytesPerHash = this.index.stats().memoryBytes / this.count
  }

  /** The linear scan of the product's own kernel over every part: what the tables save, and what bounds their worst case. */
  linearScan (): (query: Uint8Array, radius: number) => IndexHit[] {
    const module = compileKernel()
    const { parts } = (this.index.handle() satisfies IndexHandle).parts as HandleParts
    const readers = parts.map((part) => new PerceptualReader(part, module, (widths) => ({ flips: new Int32Array(widths.length), useTables: false, candidatesMax: 0 })))
    return (query, radius) => {
      const keys: number[] = []
      const permuted = this.permutation.apply(query)
      for (const reader of readers) reader.search(permuted, radius, 1_000, false, keys)
      return Array.from(Float64Array.from(keys).sort().subarray(0, 1_000), hitOf)
    }
  }

  /** Writes the snapshot and the permuted queries; returns the parts' files, the largest first, and the queries' file. */
  async write (folder: string): Promise<{ parts: string[], queries: string, saveS: number }> {
    mkdirSync(folder, { recursive: true })
    const queries = join(folder, 'queries.bin')
    writeFileSync(queries, Buffer.concat(this.queries.map((query) => new Uint8Array(this.permutation.apply(query).buffer))))
    const start = nowUs()
    await this.index.saveSnapshot(join(folder, 'snapshot'))
    const saveS = (nowUs() - start) / 1e6
    const { parts } = this.index.handle().parts as HandleParts
    const files = [...parts].sort((a, b) => b.memory.buffer.byteLength - a.memory.buffer.byteLength)
    return { parts: files.map((part) => join(folder, 'snapshot', `${part.id}.part`)), queries, saveS }
  }
}

/** Seconds from an empty index to one that answers, from a snapshot, each time in a new process: median of `runs`, and the first. */
export function snapshotStartS (folder: string, runs: number): { medianS: number, firstS: number } {
  const script = fileURLToPath(new URL('./start.js', import.meta.url))
  const times = Array.from({ length: runs }, () =>
    Number(execFileSync(process.execPath, [script, join(folder, 'snapshot')], { encoding: 'utf8' })))
  return { medianS: median(times), firstS: times[0] ?? Number.NaN }
}
