import { readFileSync } from 'node:fs'
import { openHashIndex } from '#keersluis/index/open.js'
import { QueryTimes, warmUp } from './timing.js'

/**
 * Searches in a process of its own, as the native floor has one: where in the machine's memory a set comes to lie decides much, and
 * is drawn anew by every process. Arguments: the folder of a snapshot, a file of queries (32 bytes each), the radius, the passes.
 */
const [snapshot = '', queryFile = '', radius = '', passes = ''] = process.argv.slice(2)
const index = openHashIndex()
const loaded = await index.loadSnapshot(snapshot)
if (!loaded.loaded) throw new Error(loaded.message)
const bytes = readFileSync(queryFile)
const queries = Array.from({ length: bytes.length / 32 }, (_, i) => new Uint8Array(bytes.subarray(32 * i, 32 * (i + 1))))
const search = (query: Uint8Array): number => index.search('pdq', query, Number(radius)).length
warmUp(queries, search)
const times = new QueryTimes(queries)
times.run(Number(passes), search)
process.stdout.write(JSON.stringify(times.times()))
await index.close()
