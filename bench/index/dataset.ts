import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { BitPermutation } from '#keersluis/index/bit-permutation.js'
import type { HashIndex, IndexHandle, IndexHit } from '#keersluis/index/hash-index.js'
import { compileKernel } from '#keersluis/index/kernel-instance.js'
import { openHashIndex } from '#keersluis/index/open.js'
import { hitsOf } from '#keersluis/index/part-reader.js'
import { PerceptualReader } from '#keersluis/index/perceptual-reader.js'
import type { HandleParts } from '#keersluis/index/segmented-reader.js'
import { makeQueries, makeValues } from './data.js'
import type { DataKind } from './data.js'
import { median } from '../frame/percentiles.js'
import { nowUs, type Times } from './timing.js'

const batch = 10_000

/** A data set on the disk. */
export interface WrittenSet {
  folder: string
  snapshot: string
  /** The files of the snapshot's parts, the largest first. */
  parts: string[]
  /** The queries, 32 bytes each. */
  queries: string
  /** The same as the native programs take them. */
  permutedQueries: string
  saveS: number
}

/** One index filled with made-up values, with what it takes to compare it with others. */
export class Dataset {
  readonly kind: DataKind
  readonly count: number
  readonly values: Uint8Array
  readonly queries: Uint8Array[]
  readonly index: HashIndex = openHashIndex()
  readonly permutation = new BitPermutation(compileKernel())
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
    const readers = parts.map((part) => new PerceptualReader(part, module, ({ bucketWidths }) => ({ flips: new Int32Array(bucketWidths.length), useTables: false, candidatesMax: 0 })))
    return (query, radius) => {
      const keys: number[] = []
      const permuted = this.permutation.apply(query)
      for (const reader of readers) reader.search(permuted, radius, 1_000, false, keys)
      return hitsOf(keys, 1_000)
    }
  }

  /** Writes the snapshot and the permuted queries. */
  async write (folder: string): Promise<WrittenSet> {
    mkdirSync(folder, { recursive: true })
    const snapshot = join(folder, 'snapshot')
    const queries = join(folder, 'queries.bin')
    const permutedQueries = join(folder, 'permuted-queries.bin')
    writeFileSync(queries, Buffer.concat(this.queries))
    writeFileSync(permutedQueries, Buffer.concat(this.queries.map((query) => new Uint8Array(this.permutation.apply(query).slice().buffer))))
    const start = nowUs()
    await this.index.saveSnapshot(snapshot)
    const saveS = (nowUs() - start) / 1e6
    const { parts } = this.index.handle().parts as HandleParts
    const files = [...parts].sort((a, b) => b.memory.buffer.byteLength - a.memory.buffer.byteLength)
    return { folder, snapshot, parts: files.map((part) => join(snapshot, `${part.id}.part`)), queries, permutedQueries, saveS }
  }
}

/** The searches of all queries in a new process that reads the snapshot. */
export function searchesInProcess ({ snapshot, queries }: WrittenSet, radius: number, passes: number): Times {
  return JSON.parse(inNewProcess('./searches.js', snapshot, queries, String(radius), String(passes))) as Times
}

/** What a script of this folder prints. */
function inNewProcess (script: string, ...args: string[]): string {
  return execFileSync(process.execPath, [fileURLToPath(new URL(script, import.meta.url)), ...args], { encoding: 'utf8' })
}

/** Runs of a start with a warm page cache. */
const warmRuns = 5

/**
 * Seconds from an empty index to one that answers, from a snapshot, each time in a new process: the first run and the median, with
 * the files in the page cache; and once after they were dropped from it (`dd iflag=nocache`, which calls posix_fadvise; the disk below
 * may have a cache of its own). NaN where the system has no such dd.
 */
export function snapshotStart ({ snapshot, parts }: WrittenSet): { medianS: number, firstS: number, coldS: number } {
  const start = (): number => Number(inNewProcess('./start.js', snapshot))
  const times = Array.from({ length: warmRuns }, start)
  return { medianS: median(times), firstS: times[0] ?? Number.NaN, coldS: dropFromCache(parts) ? start() : Number.NaN }
}

function dropFromCache (files: readonly string[]): boolean {
  try {
    for (const file of files) execFileSync('dd', [`if=${file}`, 'of=/dev/null', 'iflag=nocache', 'count=0'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
