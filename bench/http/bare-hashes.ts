import type { Cell, Table, Target } from '../frame/bench.js'
import { perCore, percentileMs, perSecond, type Stretch } from './figures.js'
import { list, type Pace, type Scene } from './scene.js'
import { inFlight } from './uploads.js'

const batches = [1, 100, 1_000] as const
/** Bodies of one batch size, sent in turn. */
const bodiesOf: Record<typeof batches[number], number> = { 1: 5_000, 100: 200, 1_000: 40 }
const perCoreWanted = 20_000

/** The radius at which the target is set; a list whose hold distance is its block distance is searched no wider. */
const blockDistance = 31
const holdDistance = 40

const plan = [[holdDistance, [1_000]], [blockDistance, batches]] as const

/** How often `measureHashes` says how far it is. */
export const hashSteps = plan.reduce((sum, [, sizes]) => sum + sizes.length, 0)

export interface HashFigures {
  table: Table
  targets: Target[]
}

/** The hash-only call, at the block distance with every batch size, and once at the default hold distance. */
export async function measureHashes (scene: Scene, pace: Pace, progress: (what: string) => void): Promise<HashFigures> {
  const rows: Cell[][] = []
  let best = 0
  for (const [radius, sizes] of plan) {
    await scene.gate.call('PATCH', `/v1/lists/${list}`, { policy: { pdqHoldDistance: radius } })
    for (const batch of sizes) {
      progress(`bare hashes, ${batch} in a call, radius ${radius}`)
      const stretch = await batchRun(scene, batch, pace)
      if (radius === blockDistance) best = Math.max(best, batch * perCore(stretch))
      rows.push([
        batch, radius, Math.round(batch * perSecond(stretch)), Math.round(batch * perCore(stretch)), perSecond(stretch), percentileMs(stretch, 0.5), percentileMs(stretch, 0.99),
        percentileMs(stretch, 0.999), stretch.processorS / stretch.windowS, stretch.senderS / stretch.windowS, stretch.failed, stretch.done
      ])
    }
  }
  return {
    table: {
      title: `Bare hashes: POST /v1/checks/hashes, ${scene.hashes.count.toLocaleString('en-US')} entries`,
      note: `${inFlight(scene)} connections. Upright PDQ only. Radius ${holdDistance} is the default policy; ${blockDistance} that of a list whose hold distance is its block distance.`,
      columns: ['hashes in a call', 'radius', 'hashes/s', 'hashes/s per core', 'calls/s', 'p50 ms', 'p99 ms', 'p99.9 ms', 'gate cores', 'sender cores', 'failed', 'calls'],
      rows
    },
    targets: [{
      what: `bare hashes checked, for each processor second of the gate, at radius ${blockDistance}, ${scene.hashes.count.toLocaleString('en-US')} entries`,
      wanted: `at least ${perCoreWanted.toLocaleString('en-US')}`,
      measured: Math.round(best).toLocaleString('en-US'),
      reached: best >= perCoreWanted
    }]
  }
}

async function batchRun (scene: Scene, batch: typeof batches[number], pace: Pace): Promise<Stretch> {
  const { gate, key, hashes, sender } = scene
  return await sender.closedLoop({
    gate: gate.address,
    key,
    path: '/v1/checks/hashes',
    connections: inFlight(scene),
    warmS: pace.warmS,
    windowS: pace.longWindowS,
    bodies: hashes.bodies(bodiesOf[batch], batch).map(bytes => ({ bytes, type: 'application/json' }))
  })
}
