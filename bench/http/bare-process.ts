import { loadConfig, workerCounts } from '#keersluis/config.js'
import { letHeapsGrow } from '#keersluis/heap-growth.js'
import { openHashIndex } from '#keersluis/index/open.js'
import { Lanes } from '#keersluis/pipeline/lanes.js'
import type { SearchPlan } from '#keersluis/pipeline/search.js'
import type { BareOrder } from './bare.js'
import type { Stretch } from './figures.js'
import { takeOrders } from '../frame/ordered-process.js'
import { Window } from './window.js'

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
async function run ({ files, inFlight, ...times }: BareOrder): Promise<Stretch> {
  const window = new Window(process.pid, { ...times, passPieces: files.length })
  let next = 0
  const loop = async (): Promise<void> => {
    while (!window.isClosed) {
      const file = files[next++ % files.length] ?? ''
      const from = performance.now()
      await lanes.examine('picture', { path: file }, limits, plan, {
        // A known upload ends with its digests in the gate, too.
        onDigests: async (_sha256, hits) => hits.length > 0 ? 'stop' : 'continue',
        onPictures: async () => 'continue'
      })
      window.note(performance.now() - from, true)
    }
  }
  await Promise.all(Array.from({ length: inFlight }, loop))
  return { ...window.stretch(), senderS: 0 }
}

takeOrders(run)
