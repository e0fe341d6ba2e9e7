import { loadConfig, workerCounts } from '#keersluis/config.js'
import { letHeapsGrow } from '#keersluis/heap-growth.js'
import { openHashIndex } from '#keersluis/index/open.js'
import { Lanes } from '#keersluis/pipeline/lanes.js'
import type { SearchPlan } from '#keersluis/pipeline/search.js'
import type { BareOrder } from './bare.js'

/** The pipeline of the gate without HTTP, spool and store: the same workers, decoder children, index and limits. */
const [snapshot = '', planText = '{}', workersText = '0'] = process.argv.slice(2)
const plan = JSON.parse(planText) as SearchPlan
const config = loadConfig({ pictureWorkers: workersText }, {})
letHeapsGrow()
const index = openHashIndex()
const loaded = await index.loadSnapshot(snapshot)
if (!loaded.loaded) throw new Error(loaded.message)
await index.settled()
const lanes = new Lanes(index, {
  pictureWorkers: workerCounts(config).picture,
  videoWorkers: 1,
  pictureQueueMax: config.pictureQueueMax,
  videoQueueMax: config.videoQueueMax,
  decoder: { videoDecoder: config.videoDecoder, ffmpegPath: undefined, memoryBytesMax: config.decoderMemoryBytesMax, jobsMax: config.decoderJobsMax }
})
const { picturePixelsMax, animationFramesMax, videoFramesMax, videoDurationSMax, videoGapSMax, denseFps, pictureMsMax } = config
const limits = { decodeMsMax: pictureMsMax, picturePixelsMax, animationFramesMax, videoFramesMax, videoDurationSMax, videoGapSMax, denseFps }

/** Pieces in flight are kept at `inFlight`, as the connections of a closed loop keep them. */
async function run ({ files, inFlight, warmMs, windowMs }: BareOrder): Promise<number[]> {
  const opensAt = performance.now() + warmMs
  const closesAt = opensAt + windowMs
  const elapsedMs: number[] = []
  let next = 0
  const loop = async (): Promise<void> => {
    while (performance.now() < closesAt) {
      const file = files[next++ % files.length] ?? ''
      const from = performance.now()
      await lanes.examine('picture', { path: file }, limits, plan, {
        // A known upload ends with its digests in the gate, too.
        onDigests: async (_sha256, hits) => hits.length > 0 ? 'stop' : 'continue',
        onPictures: async () => 'continue'
      })
      const now = performance.now()
      if (now >= opensAt && now <= closesAt) elapsedMs.push(now - from)
    }
  }
  await Promise.all(Array.from({ length: inFlight }, loop))
  return elapsedMs
}

process.on('message', (order: BareOrder) => {
  run(order).then(elapsedMs => process.send?.({ elapsedMs }), (error: unknown) => { throw error })
})
process.once('disconnect', () => { process.exit() })
process.send?.('ready')
