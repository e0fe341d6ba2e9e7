import { snapshotStart, type Dataset, type WrittenSet } from './dataset.js'
import type { PeerFigures, SetFigures } from './figures.js'
import { sqliteReadS, usearch } from './peers.js'
import { insertToMatchable, throughput } from './threads.js'
import { timeQueries } from './timing.js'

const inserted = 20_000
const peerQueries = 300

/** What one image check asks: whole and trimmed, PDQ upright at 40 and seven orientations at 31, blockhash at 24; three digests. */
function imageCheckUs ({ index, queries }: Dataset): number {
  const digests = [['md5', 16], ['sha1', 20], ['sha256', 32]] as const
  return timeQueries(queries.slice(0, 200), 3, (query) => {
    let hits = 0
    for (const [algorithm, bytes] of digests) hits += index.search(algorithm, query.subarray(0, bytes), 0).length
    for (let variant = 0; variant < 2; variant++) {
      hits += index.search('pdq', query, 40).length + index.search('blockhash', query, 24).length
      for (let orientation = 1; orientation < 8; orientation++) hits += index.search('pdq', query.map((byte) => byte ^ (orientation * 37)), 31).length
    }
    return hits
  }).p50Us
}

/** Size, start, throughput and change of one data set. */
export async function setFigures (data: Dataset, files: WrittenSet): Promise<SetFigures> {
  const checkUs = imageCheckUs(data)
  const one = await throughput(data.index, data.queries, 31, 1)
  const two = await throughput(data.index, data.queries, 31, 2)
  const start = snapshotStart(files)
  const sqliteS = data.kind === 'uniform' ? sqliteReadS(files.folder, data.values, data.count >= 1e6 ? 1 : 3) : Number.NaN
  const inserts = await insertToMatchable(data.index, data.count + 1, inserted)
  return {
    kind: data.kind,
    count: data.count,
    importS: data.importS,
    buildS: data.buildS,
    bytesPerHash: data.bytesPerHash,
    saveS: files.saveS,
    start,
    sqliteReadS: sqliteS,
    imageCheckUs: checkUs,
    onePerSecond: one.perSecond,
    twoPerSecond: two.perSecond,
    twoToOne: 2 * (two.perSecond / two.cores) / (one.perSecond / one.cores),
    insertP50Us: inserts.p50Us,
    insertP99Us: inserts.p99Us,
    insertMaxUs: inserts.maxUs,
    merges: inserts.merges
  }
}

/** The approximate index usearch on the same values. */
export async function peerFigures (data: Dataset): Promise<PeerFigures> {
  const queries = data.queries.slice(0, peerQueries)
  const closest = queries.map((query) => data.index.search('pdq', query, 31, { hitsMax: 1 })[0]?.distance)
  const { p50Us, p99Us, recall, buildS } = await usearch(data.values, queries, closest)
  return { kind: data.kind, count: data.count, p50Us, p99Us, recall, buildS }
}
