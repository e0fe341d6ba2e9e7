import { hammingDistance } from '../hash/bits.js'
import type { ListPolicy } from './list-policy.js'

/** One moment of a film and the PDQ hashes of its variants, upright. */
export interface FilmMoment {
  timeS: number
  pdq: readonly Uint8Array[]
}

/** Where a frame of an upload resembles one of a known film: the two films may run in step from here. */
export interface Seed {
  uploadS: number
  itemS: number
}

export type StepRule = Pick<ListPolicy, 'videoStepDistance' | 'videoStepFramesMin' | 'videoFramesApartS' | 'videoFramesApartBits'>

/** Two films are in step within this: known films are sampled eight times a second, and encoders move frames a little. */
const stepToleranceS = 0.25

/** Offsets tried of one pair of films, from the first seeds on. */
const offsetsMax = 8

/**
 * The most frames of an upload that resemble, each at its own time, what a known film shows at the same time after a shift
 * that is the same for all of them. A logo or a text changes every frame by more than chance lets one frame pass for
 * known; that many frames agree in order and in time does not happen by chance. Frames count where they are apart from
 * each other in time and in looks, so that a title that stands still is one. Counting ends at `videoStepFramesMin`.
 * @param item by time; a moment holds until the next one, since frames like the last kept one were left out
 */
export function countInStep (upload: readonly FilmMoment[], item: readonly FilmMoment[], seeds: readonly Seed[], rule: StepRule): number {
  let most = 0
  for (const offsetS of offsetsOf(seeds)) {
    most = Math.max(most, countAt(offsetS, upload, item, rule))
    if (most >= rule.videoStepFramesMin) break
  }
  return most
}

function offsetsOf (seeds: readonly Seed[]): number[] {
  const offsets: number[] = []
  for (const { uploadS, itemS } of seeds) {
    const offset = uploadS - itemS
    if (offsets.every(other => Math.abs(other - offset) > stepToleranceS / 2)) offsets.push(offset)
    if (offsets.length === offsetsMax) break
  }
  return offsets
}

function countAt (offsetS: number, upload: readonly FilmMoment[], item: readonly FilmMoment[], rule: StepRule): number {
  const counted: FilmMoment[] = []
  for (const moment of upload) {
    if (!counted.every(other => areApart(moment, other, rule))) continue
    const known = shownAround(item, moment.timeS - offsetS)
    if (known.some(one => distanceOf(moment, one) <= rule.videoStepDistance)) counted.push(moment)
    if (counted.length >= rule.videoStepFramesMin) break
  }
  return counted.length
}

function areApart (a: FilmMoment, b: FilmMoment, { videoFramesApartS, videoFramesApartBits }: StepRule): boolean {
  if (Math.abs(a.timeS - b.timeS) < videoFramesApartS) return false
  const [first, second] = [a.pdq[0], b.pdq[0]]
  return first === undefined || second === undefined || hammingDistance(first, second) > videoFramesApartBits
}

/** What a film shows within the tolerance of a time; nothing before its first moment and, but for the tolerance, after its last. */
function shownAround (item: readonly FilmMoment[], timeS: number): readonly FilmMoment[] {
  const after = firstAfter(item, timeS + stepToleranceS)
  const last = item.at(-1)
  if (last === undefined || timeS > last.timeS + stepToleranceS) return []
  // The one moment before the window holds into it.
  let from = after
  while (from > 0 && (item[from - 1]?.timeS ?? 0) >= timeS - stepToleranceS) from--
  return item.slice(Math.max(0, from - 1), after)
}

/** How many moments begin at or before a time. */
function firstAfter (item: readonly FilmMoment[], timeS: number): number {
  let [low, high] = [0, item.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((item[middle]?.timeS ?? 0) <= timeS) low = middle + 1
    else high = middle
  }
  return low
}

function distanceOf (a: FilmMoment, b: FilmMoment): number {
  let least = 256
  for (const one of a.pdq) for (const other of b.pdq) least = Math.min(least, hammingDistance(one, other))
  return least
}
