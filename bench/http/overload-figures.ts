import type { Table, Target } from '../frame/bench.js'
import { judgedText, numberText } from '../frame/cell.js'
import { percentile } from '../frame/percentiles.js'
import { perSecond } from './figures.js'
import type { Overload } from './overload.js'
import type { Resident } from './processes.js'
import type { Pace, Scene } from './scene.js'
import { inFlight, throughGate } from './uploads.js'

const goodputWanted = 0.9
/** What is offered, of the best that was seen until then; and what it must be of each peak to count as that. */
const timesPeak = 2
const timesPeakMin = 1.8
const runAgain = 'the machine had other work, so run `npm run bench -- http` again when it has none'
const refusedMsWanted = 50
/** Until the queue is full, and the gate has the memory that it takes. */
const overloadWarmS = 5
/** Growth of the gate's memory over an overload that still counts as flat. */
const growthMax = 1.1
const MiB = 2 ** 20

export interface OverloadFigures {
  table: Table
  targets: Target[]
  /** Served at twice the peak, of the peak; undefined where that cannot be judged. */
  goodput: number | undefined
  /** Sorted; what those waited who were refused, and those who had a verdict. */
  refusedMs: readonly number[]
  servedMs: readonly number[]
}

/** How often `measureOverload` says how far it is. */
export const overloadSteps = 3

/**
 * Twice the peak, and the peak itself right before and right after: what else the machine does meets both.
 * @param peakSoFar uploads a second, from a longer measurement: the peak before may have met other work
 */
export async function measureOverload (scene: Scene, pace: Pace, peakSoFar: number, progress: (what: string) => void): Promise<OverloadFigures> {
  const peak = async (): Promise<number> => {
    progress('peak beside the overload')
    return perSecond(await throughGate(scene, scene.mix, 'raw', inFlight(scene), pace.warmS, pace.longWindowS))
  }
  const before = await peak()
  progress('overload')
  const offeredPerS = timesPeak * Math.max(before, peakSoFar)
  const flood = await scene.sender.overload({ gate: scene.gate.address, key: scene.key, bodies: scene.mix.map(picture => picture.bytes), offeredPerS, warmS: overloadWarmS, windowS: pace.overloadS })
  const peaks = [before, await peak()] as const
  const judged = goodputTarget(flood.servedPerS, offeredPerS, peaks)
  return {
    table: tableOf(flood, peaks, offeredPerS, pace),
    targets: [judged, ...targetsOf(flood)],
    goodput: judged.reached === undefined ? undefined : goodputOf(flood, peaks),
    refusedMs: flood.refusedMs,
    servedMs: flood.servedMs
  }
}

function goodputOf ({ servedPerS }: Pick<Overload, 'servedPerS'>, [before, after]: readonly [number, number]): number {
  return servedPerS / ((before + after) / 2)
}

function tableOf (flood: Overload, peaks: readonly [number, number], offeredPerS: number, pace: Pace): Table {
  const tree = flood.memory.map(({ treeBytes }) => treeBytes / MiB)
  const own = flood.memory.map(({ ownBytes }) => ownBytes / MiB)
  return {
    title: 'Overload: twice the peak',
    note: `Requests arrive at random (Poisson, seeded) for ${pace.overloadS} s and wait for nothing; twice as many as the closed loop got through at its best until then. The peak is the mean of right before and right after. A 503 is timed from the moment its request was begun.`,
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

/**
 * Judged only where it comes out the same by either peak, and reached only where the load was about twice either. Otherwise the
 * machine had other work in one of them, and nobody knows how much of it during the overload.
 */
export function goodputTarget (servedPerS: number, offeredPerS: number, peaks: readonly [before: number, after: number]): Target {
  const goodput = goodputOf({ servedPerS }, peaks)
  const target = { what: 'uploads served a second while twice the peak arrives', wanted: `at least ${goodputWanted} of the peak`, measured: `${judgedText(goodput, goodputWanted)} of it` }
  const isEnough = peaks.map(peak => servedPerS / peak >= goodputWanted)
  if (!isEnough.includes(true)) return { ...target, reached: false }
  const [before, after] = peaks
  if (!isEnough.includes(false) && peaks.every(peak => offeredPerS >= timesPeakMin * peak)) return { ...target, reached: true }
  return { ...target, measured: `${target.measured}, but the peak was ${numberText(before)}/s before and ${numberText(after)}/s after: ${runAgain}`, reached: undefined }
}

/** Without a 503 there was no overload. */
export function refusedTarget (refusedMs: readonly number[]): Target {
  const p99 = percentile(refusedMs, 0.99)
  const isKnown = refusedMs.length > 0
  return {
    what: 'refusals (503) under that load, time from the start of the request, p99',
    wanted: `within ${refusedMsWanted} ms`,
    measured: isKnown ? `${judgedText(p99, refusedMsWanted)} ms` : `nothing was refused: ${runAgain}`,
    reached: isKnown ? p99 <= refusedMsWanted : undefined
  }
}

function targetsOf (flood: Overload): Target[] {
  const growth = memoryGrowth(flood.memory, ({ ownBytes }) => ownBytes)
  return [
    refusedTarget(flood.refusedMs),
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
