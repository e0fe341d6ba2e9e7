import type { Table, Target } from '../frame/bench.js'
import { judgedText } from '../frame/cell.js'
import { percentile } from '../frame/percentiles.js'
import { perSecond } from './figures.js'
import type { Overload } from './overload.js'
import type { Resident } from './processes.js'
import type { Pace, Scene } from './scene.js'
import { inFlight, throughGate } from './uploads.js'

const goodputWanted = 0.9
const refusedMsWanted = 50
/** Until the queue is full, and the gate has the memory that it takes. */
const overloadWarmS = 5
/** Growth of the gate's memory over an overload that still counts as flat. */
const growthMax = 1.1
const MiB = 2 ** 20

export interface OverloadFigures {
  table: Table
  targets: Target[]
  /** Served at twice the peak, of the peak. */
  goodput: number
  refusedMsP99: number
}

/** How often `measureOverload` says how far it is. */
export const overloadSteps = 3

/** Twice the peak, and the peak itself right before and right after: what else the machine does meets both. */
export async function measureOverload (scene: Scene, pace: Pace, progress: (what: string) => void): Promise<OverloadFigures> {
  const peak = async (): Promise<number> => {
    progress('peak beside the overload')
    return perSecond(await throughGate(scene, scene.mix, 'raw', inFlight(scene), pace.warmS, pace.longWindowS))
  }
  const before = await peak()
  progress('overload')
  const offeredPerS = 2 * before
  const flood = await scene.sender.overload({ gate: scene.gate.address, key: scene.key, bodies: scene.mix.map(picture => picture.bytes), offeredPerS, warmS: overloadWarmS, windowS: pace.overloadS })
  const peaks = [before, await peak()] as const
  const goodput = goodputOf(flood, peaks)
  return { table: tableOf(flood, peaks, offeredPerS, pace), targets: targetsOf(flood, goodput), goodput, refusedMsP99: percentile(flood.refusedMs, 0.99) }
}

function goodputOf ({ servedPerS }: Overload, [before, after]: readonly [number, number]): number {
  return servedPerS / ((before + after) / 2)
}

function tableOf (flood: Overload, peaks: readonly [number, number], offeredPerS: number, pace: Pace): Table {
  const tree = flood.memory.map(({ treeBytes }) => treeBytes / MiB)
  const own = flood.memory.map(({ ownBytes }) => ownBytes / MiB)
  return {
    title: 'Overload: twice the peak',
    note: `Requests arrive at random (Poisson, seeded) for ${pace.overloadS} s and wait for nothing; twice as many as the closed loop got through right before. The peak is the mean of right before and right after. A 503 is timed from the moment its request was begun.`,
    columns: ['peak/s before', 'peak/s after', 'offered/s', 'served/s', 'of peak', 'refused', 'refused p50 ms', 'refused p99 ms', 'served p50 ms', 'served p99 ms', 'other answers', 'gate MiB first', 'gate MiB last', 'gate MiB max', 'with children MiB max'],
    rows: [[
      ...peaks, offeredPerS, flood.servedPerS, goodputOf(flood, peaks), flood.refused, percentile(flood.refusedMs, 0.5), percentile(flood.refusedMs, 0.99),
      percentile(flood.servedMs, 0.5), percentile(flood.servedMs, 0.99), otherWords(flood), Math.round(own[0] ?? Number.NaN), Math.round(own.at(-1) ?? Number.NaN), Math.round(Math.max(...own)), Math.round(Math.max(...tree))
    ]]
  }
}

/** What came beside 200 and 503: `0`, or how many of what. */
function otherWords ({ other }: Overload): string {
  return other.size === 0 ? '0' : [...other].map(([what, count]) => `${count} (${what})`).join(', ')
}

function targetsOf (flood: Overload, goodput: number): Target[] {
  const refusedMs = percentile(flood.refusedMs, 0.99)
  const growth = memoryGrowth(flood.memory, ({ ownBytes }) => ownBytes)
  return [
    { what: 'uploads served a second while twice the peak arrives', wanted: `at least ${goodputWanted} of the peak`, measured: `${judgedText(goodput, goodputWanted)} of it`, reached: goodput >= goodputWanted },
    { what: 'refusals (503) under that load, time from the start of the request, p99', wanted: `within ${refusedMsWanted} ms`, measured: `${judgedText(refusedMs, refusedMsWanted)} ms`, reached: refusedMs <= refusedMsWanted },
    {
      what: 'answers under that load that were neither a verdict nor a 503 with Retry-After', wanted: 'none', measured: `${otherWords(flood)} of ${flood.offered.toLocaleString('en-US')}`, reached: flood.other.size === 0
    },
    { what: 'memory of the gate, last quarter of that load against the first', wanted: `at most ${growthMax} times`, measured: `${judgedText(growth, growthMax)} times`, reached: growth <= growthMax }
  ]
}

/** Median memory in the last quarter of the window over that in the first. */
function memoryGrowth (memory: readonly Resident[], read: (resident: Resident) => number): number {
  const quarter = Math.max(1, Math.floor(memory.length / 4))
  const middle = (part: readonly Resident[]): number => percentile(part.map(read).sort((a, b) => a - b), 0.5)
  return middle(memory.slice(-quarter)) / middle(memory.slice(0, quarter))
}
