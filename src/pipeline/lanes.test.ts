import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { test, type Test } from 'tap'
import { openHashIndex } from '../index/open.js'
import type { DecodeLimits } from '../media/decoder.js'
import { Lanes, type Watcher } from './lanes.js'
import type { SearchPlan } from './search.js'
import type { Answer } from './task.js'

const film = new URL('../../fixtures/videos/film-a.mp4', import.meta.url).pathname

const limits: DecodeLimits = {
  decodeMsMax: 60_000, picturePixelsMax: 100_000_000, animationFramesMax: 200, videoFramesMax: 1000, videoDurationSMax: 600, videoGapSMax: 5, denseFps: 8
}
const plan: SearchPlan = {
  pdqUprightRadius: 31, pdqTurnedRadius: 31, pdqFrameRadius: 31, blockhashRadius: 24, pdqQualityMin: 50, stableBitsMin: 100, pictureSideMinPx: 50, hitsUsual: 100
}

function openLanes (t: Test): Lanes {
  const index = openHashIndex()
  const lanes = new Lanes(index, {
    pictureWorkers: 1, videoWorkers: 1, pictureQueueMax: 64, videoQueueMax: 64, decoder: { videoDecoder: 'auto', ffmpegPath: undefined, memoryBytesMax: 1e9, jobsMax: 1000 }
  })
  t.teardown(async () => {
    await lanes.close()
    await index.close()
  })
  return lanes
}

interface Waiting {
  watcher: Watcher
  /** Resolves when a thread has begun with it; the thread sleeps then. */
  begun: Promise<void>
  hangUp (): void
  goOn (): void
}

function waitingCaller (): Waiting {
  const controller = new AbortController()
  let begin = (): void => {}
  let goOn = (): void => {}
  const begun = new Promise<void>(resolve => { begin = resolve })
  const goesOn = new Promise<Answer>(resolve => { goOn = () => { resolve('continue') } })
  const watcher: Watcher = {
    signal: controller.signal,
    onDigests: async () => {
      begin()
      return await goesOn
    },
    onPictures: async () => 'continue'
  }
  return { watcher, begun, hangUp: () => { controller.abort() }, goOn: () => { goOn() } }
}

test('what waits for a thread is begun in the order of its arrival', async t => {
  const lanes = openLanes(t)
  const file = path.join(t.testdir(), 'file')
  await writeFile(file, 'bytes')
  const done: number[] = []
  const places = Array.from({ length: 30 }, (_, place) => place)
  await Promise.all(places.map(async place => {
    await lanes.digests(file)
    done.push(place)
  }))
  t.strictSame(done, places)
})

test('an upload whose caller hangs up leaves the line at once', async t => {
  const lanes = openLanes(t)
  const [running, waiting, last] = [waitingCaller(), waitingCaller(), waitingCaller()]
  const first = lanes.examine('video', { path: film }, limits, plan, running.watcher)
  await running.begun
  const second = lanes.examine('video', { path: film }, limits, plan, waiting.watcher)
  const third = lanes.examine('video', { path: film }, limits, plan, last.watcher)
  t.equal(lanes.waiting('video'), 2)
  waiting.hangUp()
  await t.rejects(second, { code: 'callerGone' }, 'though the thread is still busy with another')
  t.equal(lanes.waiting('video'), 1)
  running.goOn()
  t.equal((await first).fingerprint.complete, true)
  last.goOn()
  t.equal((await third).fingerprint.complete, true, 'who waits behind it is served')
})

test('an upload whose caller hangs up while it is hashed ends with its next picture', async t => {
  const lanes = openLanes(t)
  const [running, next] = [waitingCaller(), waitingCaller()]
  const first = lanes.examine('video', { path: film }, limits, plan, running.watcher)
  await running.begun
  running.hangUp()
  running.goOn()
  await t.rejects(first, { code: 'callerGone' })
  next.goOn()
  const { fingerprint } = await lanes.examine('video', { path: film }, limits, plan, next.watcher)
  t.equal(fingerprint.complete, true, 'the thread and its decoder go on')
  t.equal(lanes.decoderRestarts(), 0)
})

test('an upload whose caller is gone already is not begun', async t => {
  const lanes = openLanes(t)
  const gone = waitingCaller()
  gone.hangUp()
  await t.rejects(lanes.examine('video', { path: film }, limits, plan, gone.watcher), { code: 'callerGone' })
})
