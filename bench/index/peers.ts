import { rmSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { median } from '../frame/percentiles.js'
import { nowUs, timeQueries } from './timing.js'
import type { Times } from './timing.js'

/** Seconds to read every (id, value) row from a SQLite table, as a start without a snapshot does: median of `runs`. */
export function sqliteReadS (folder: string, values: Uint8Array, runs: number): number {
  const path = join(folder, 'rows.sqlite')
  const database = new Database(path)
  try {
    database.pragma('journal_mode = WAL')
    database.exec('create table entry (entry_id integer primary key, algorithm text not null, value blob not null)')
    const insert = database.prepare('insert into entry values (?, ?, ?)')
    database.transaction(() => {
      for (let i = 0; i < values.length / 32; i++) insert.run(i + 1, 'pdq', values.subarray(32 * i, 32 * i + 32))
    })()
    const read = database.prepare<[], { entry_id: number, value: Buffer }>('select entry_id, value from entry')
    return median(Array.from({ length: runs }, () => {
      const start = nowUs()
      let bytes = 0
      for (const row of read.iterate()) bytes += row.value.length
      if (bytes !== values.length) throw new Error('SQLite did not give back every row.')
      return (nowUs() - start) / 1e6
    }))
  } finally {
    database.close()
    for (const suffix of ['', '-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true })
  }
}

export interface ApproximateTimes extends Times {
  buildS: number
  /** Share of the queries with a match within the radius whose closest entry came back. */
  recall: number
}

/**
 * The npm package usearch: an HNSW graph over the Hamming distance. It takes no packed bits; each bit goes in as a signed byte, which
 * it packs itself (not timed). `closest[i]` is the distance of the true closest entry, undefined beyond the radius.
 */
export async function usearch (values: Uint8Array, queries: Uint8Array[], closest: Array<number | undefined>): Promise<ApproximateTimes> {
  const { Index, MetricKind, ScalarKind } = await import('usearch')
  const index = new Index({ dimensions: 256, metric: MetricKind.Hamming, quantization: ScalarKind.B1, connectivity: 16, expansion_add: 128, expansion_search: 64, multi: false })
  const unpack = (value: Uint8Array): Int8Array => Int8Array.from({ length: 256 }, (_, bit) => (((value[bit >>> 3] ?? 0) >>> (bit & 7)) & 1) === 1 ? 1 : -1)
  const start = nowUs()
  const count = values.length / 32
  for (let i = 0; i < count; i += 1_000) {
    const batch = Math.min(1_000, count - i)
    const rows = new Int8Array(256 * batch)
    for (let k = 0; k < batch; k++) rows.set(unpack(values.subarray(32 * (i + k), 32 * (i + k) + 32)), 256 * k)
    index.add(BigUint64Array.from({ length: batch }, (_, k) => BigInt(i + k)), rows, 1)
  }
  const buildS = (nowUs() - start) / 1e6
  const unpacked = queries.map(unpack)
  const times = timeQueries(unpacked, 3, (query) => index.search(query, 1, 1).keys.length)
  let found = 0
  queries.forEach((_, i) => {
    const distance = Number(index.search(unpacked[i] ?? new Int8Array(256), 1, 1).distances[0])
    if (closest[i] !== undefined && distance <= closest[i]) found++
  })
  return { ...times, buildS, recall: found / closest.filter((distance) => distance !== undefined).length }
}
