import { test } from 'tap'
import { hashSteps, measureHashes } from './bare-hashes.js'
import type { Stretch } from './figures.js'
import type { Overload } from './overload.js'
import { measureOverload, overloadSteps } from './overload-figures.js'
import type { Pace, Scene } from './scene.js'
import { measureUploads, uploadSteps } from './uploads.js'

const nothing: Stretch = { done: 0, windowS: 1, elapsedMs: [], processorS: 1, senderS: 0, failed: 0 }
const quiet: Overload = { offered: 0, served: 0, servedPerS: 0, refused: 0, other: new Map(), refusedMs: [], servedMs: [], memory: [] }
const pace: Pace = { heatS: 0, rounds: 4, warmS: 0, windowS: 0, longWindowS: 0, overloadS: 0, adds: 0 }

/** Nothing is behind it: only how often each part speaks is looked at. */
const scene = {
  gate: { address: '', call: async () => {} },
  bare: { run: async () => nothing },
  sender: { closedLoop: async () => nothing, overload: async () => quiet },
  hashes: { count: 1, bodies: () => [] },
  key: '',
  workers: 1,
  mix: [],
  small: [],
  jpeg2: [],
  jpeg12: []
} as unknown as Scene

test('every part says as often how far it is as it promised', async t => {
  const parts = [
    { name: 'uploads', steps: uploadSteps(pace), measure: measureUploads },
    { name: 'overload', steps: overloadSteps, measure: async (...[scene, pace, progress]: Parameters<typeof measureUploads>) => await measureOverload(scene, pace, 0, progress) },
    { name: 'hashes', steps: hashSteps, measure: measureHashes }
  ]
  for (const { name, steps, measure } of parts) {
    const said: string[] = []
    await measure(scene, pace, what => { said.push(what) })
    t.equal(said.length, steps, name)
  }
})
