import { digestAlgorithms, perceptualAlgorithms, valueBytes, type Algorithm, type IndexHit } from '../index/hash-index.js'

/** A bare hash to look for. */
export interface Query {
  algorithm: Algorithm
  value: Uint8Array
  /** In bits; 0 for digests. */
  radius: number
}

/** Queries in three buffers: measured, a thousand of them pass to a thread for a sixth of what a thousand small arrays cost. */
export interface PackedQueries {
  /** One index into `algorithms` for each query. */
  codes: Uint8Array
  radii: Uint8Array
  /** `valueBytes` of its algorithm for each query, one after the other. */
  values: Uint8Array
}

const algorithms: readonly Algorithm[] = [...digestAlgorithms, ...perceptualAlgorithms]

export function packQueries (queries: readonly Query[]): PackedQueries {
  const packed: PackedQueries = {
    codes: new Uint8Array(queries.length),
    radii: new Uint8Array(queries.length),
    values: new Uint8Array(queries.reduce((bytes, { algorithm }) => bytes + valueBytes[algorithm], 0))
  }
  let at = 0
  for (const [i, { algorithm, value, radius }] of queries.entries()) {
    packed.codes[i] = algorithms.indexOf(algorithm)
    packed.radii[i] = radius
    packed.values.set(value, at)
    at += valueBytes[algorithm]
  }
  return packed
}

export function unpackQueries ({ codes, radii, values }: PackedQueries): Query[] {
  let at = 0
  return Array.from(codes, (code, i) => {
    const algorithm = algorithms[code] ?? 'pdq'
    const value = values.subarray(at, at + valueBytes[algorithm])
    at += valueBytes[algorithm]
    return { algorithm, value, radius: radii[i] ?? 0 }
  })
}

/** The hits of many queries in three buffers: nearly all queries of a batch have none, and an array for each would cost as much as the search of some. */
export interface PackedHits {
  /** How many hits each query has. */
  counts: Uint32Array
  /** Of all hits, query after query. */
  entryIds: Uint32Array
  distances: Uint8Array
}

const noHits: readonly IndexHit[] = []

export function packHits (found: ReadonlyArray<readonly IndexHit[]>): PackedHits {
  const counts = Uint32Array.from(found, hits => hits.length)
  const total = counts.reduce((sum, count) => sum + count, 0)
  const packed: PackedHits = { counts, entryIds: new Uint32Array(total), distances: new Uint8Array(total) }
  let at = 0
  for (const hits of found) {
    for (const { entryId, distance } of hits) {
      packed.entryIds[at] = entryId
      packed.distances[at++] = distance
    }
  }
  return packed
}

export function unpackHits ({ counts, entryIds, distances }: PackedHits): Array<readonly IndexHit[]> {
  let at = 0
  return Array.from(counts, count => {
    if (count === 0) return noHits
    const first = at
    at += count
    return Array.from({ length: count }, (_, i) => ({ entryId: entryIds[first + i] ?? 0, distance: distances[first + i] ?? 0 }))
  })
}
