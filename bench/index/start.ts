import { openHashIndex } from '#keersluis/index/open.js'
import { nowUs } from './timing.js'

/** A start in a process of its own, whose memory is fresh: seconds from an empty index to the first answer. */
const folder = process.argv[2] ?? ''
const start = nowUs()
const index = openHashIndex()
const loaded = await index.loadSnapshot(folder)
if (!loaded.loaded) throw new Error(loaded.message)
index.search('pdq', new Uint8Array(32), 31)
process.stdout.write(String((nowUs() - start) / 1e6))
await index.close()
