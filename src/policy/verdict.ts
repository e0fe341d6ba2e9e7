import { hammingDistance } from '../hash/bits.js'
import { excludedHits } from './exclusion.js'
import { isDigest, type CheckedPicture, type Hit } from './hit.js'
import type { ListAction } from './list-policy.js'
import { strengthOf, type Strength } from './signal.js'

export const verdicts = ['allow', 'hold', 'block'] as const
export type Verdict = typeof verdicts[number]

/** Why a verdict is what it is. Undecided reasons and remarks keep their own names. */
export const matchReasons = [
  /** A digest is equal. */
  'exactMatch',
  /** A picture is within the block distance of a known one. */
  'nearMatch',
  /** A picture, or a film as a whole, is close to a known one, not close enough to block. */
  'possibleMatch',
  /** Enough frames of a known video, or of known pictures. */
  'videoMatch',
  /** One frame of a known video or picture; not enough to block. */
  'frameMatch'
] as const
export type MatchReason = typeof matchReasons[number]

/** Remarks on what could not be compared by looks, only by digest. */
export const remarks = ['notDistinctive', 'notMedia'] as const
export type Remark = typeof remarks[number]

export interface Reason {
  code: MatchReason | Remark | (string & {})
  list?: string
  /** False where the list only observes. */
  enforced: boolean
}

export interface Match {
  hit: Hit
  /** What this match asks for, its list's action applied. */
  verdict: Verdict
  reason: MatchReason
  enforced: boolean
  excluded: boolean
}

export interface PolicyInput {
  hits: readonly Hit[]
  /** The upload's usable pictures and the others, in order. */
  pictures: readonly CheckedPicture[]
  usablePictures: number
  undecided: readonly string[]
  remarks: readonly Remark[]
  /** Whether a list wants uploads held that are not distinctive. */
  holdNotDistinctive: boolean
  undecidedVerdict: 'hold' | 'block'
}

export interface Decision {
  verdict: Verdict
  /** Worst first. */
  reasons: Reason[]
  /** One for each item that matched, worst first, the closest entry of each. */
  matches: Match[]
}

/** From what was found to what is done. Pure: the same input gives the same decision. */
export function decide (input: PolicyInput): Decision {
  const matches = matchesOf(input)
  const matched = worst(matches.filter(match => match.enforced && !match.excluded).map(match => match.verdict))
  const reasons: Reason[] = []
  let verdict: Verdict = matched
  for (const code of input.undecided) reasons.push({ code, enforced: true })
  if (matched === 'allow' && input.undecided.length > 0) verdict = input.undecidedVerdict
  for (const code of input.remarks) reasons.push({ code, enforced: true })
  if (verdict === 'allow' && input.remarks.includes('notDistinctive') && input.holdNotDistinctive) verdict = 'hold'
  return { verdict, reasons: [...matchReasonsOf(matches), ...reasons], matches }
}

export function worst (values: readonly Verdict[]): Verdict {
  return verdicts[Math.max(0, ...values.map(value => verdicts.indexOf(value)))] ?? 'allow'
}

function matchReasonsOf (matches: readonly Match[]): Reason[] {
  const reasons = new Map<string, Reason>()
  for (const { hit, reason, enforced, excluded } of matches) {
    if (excluded) continue
    const key = `${reason} ${hit.list.name} ${enforced}`
    if (!reasons.has(key)) reasons.set(key, { code: reason, list: hit.list.name, enforced })
  }
  return [...reasons.values()]
}

function matchesOf (input: PolicyInput): Match[] {
  const excluded = excludedHits(input.hits)
  const byItem = new Map<number, Hit[]>()
  for (const hit of input.hits) {
    if (hit.list.kind !== 'known' || (strengthOf(hit) === 'none' && !isInStep(hit))) continue
    const hits = byItem.get(hit.itemId)
    if (hits === undefined) byItem.set(hit.itemId, [hit])
    else hits.push(hit)
  }
  const matches: Match[] = []
  for (const hits of byItem.values()) {
    const live = hits.filter(hit => !excluded.has(hit))
    const match = matchOf(live.length > 0 ? live : hits, input, live.length === 0)
    if (match !== undefined) matches.push(match)
  }
  return matches.sort(byWorst)
}

/** What all hits of one item say together. */
function matchOf (hits: readonly Hit[], input: PolicyInput, excluded: boolean): Match | undefined {
  const digest = hits.find(isDigest)
  if (digest !== undefined) return asMatch(digest, 'strong', 'exactMatch', excluded)
  const stills = hits.filter(hit => !isFrame(hit, input))
  const still = closest(stills, 'strong') ?? closest(stills, 'weak')
  if (still !== undefined) {
    const strength = strengthOf(still)
    return asMatch(still, strength, strength === 'strong' ? 'nearMatch' : 'possibleMatch', excluded)
  }
  const frames = hits.filter(hit => isFrame(hit, input) && isFrameHit(hit))
  const frame = closest(frames, 'strong')
  if (frame === undefined) return stepMatch(hits, input, excluded)
  const enough = countFramesApart(frames, input) >= frame.list.policy.videoFramesMin
  return asMatch(frame, enough ? 'strong' : 'weak', enough ? 'videoMatch' : 'frameMatch', excluded)
}

function stepMatch (hits: readonly Hit[], input: PolicyInput, excluded: boolean): Match | undefined {
  const inStep = hits.filter(hit => isFrame(hit, input) && isInStep(hit))
  const [first] = inStep.sort((a, b) => a.distance - b.distance || a.entryId - b.entryId)
  return first === undefined ? undefined : asMatch(first, 'weak', 'possibleMatch', excluded)
}

/** Whether the film around this frame runs in step with the known one, though no frame of it is near enough by itself. */
function isInStep ({ framesInStep, list }: Hit): boolean {
  const { videoStepFramesMin } = list.policy
  return framesInStep !== undefined && videoStepFramesMin > 0 && framesInStep >= videoStepFramesMin
}

/** A frame of a film counts only together with others; an upload with one usable picture follows the image row. */
function isFrame (hit: Hit, input: PolicyInput): boolean {
  if (input.usablePictures <= 1 || hit.picture === undefined) return false
  return input.pictures[hit.picture]?.timeS !== undefined
}

function isFrameHit (hit: Hit): boolean {
  if (strengthOf(hit) !== 'strong') return false
  return hit.algorithm !== 'pdq' || hit.distance <= hit.list.policy.videoFrameDistance
}

/**
 * How many of the frames are apart in time and, against a video item, in looks: a known still shown for long
 * is one frame of a video item, while a known picture that stays on screen is enough to block.
 * Greedy in time order; that may count too few, never too many.
 */
function countFramesApart (frames: readonly Hit[], input: PolicyInput): number {
  const counted: CheckedPicture[] = []
  const inTime = [...new Set(frames.map(hit => hit.picture ?? 0))].sort((a, b) => a - b)
  const [first] = frames
  if (first === undefined) return 0
  const { videoFramesApartS, videoFramesApartBits, videoFramesMin } = first.list.policy
  for (const index of inTime) {
    const picture = input.pictures[index]
    if (picture === undefined) continue
    const apart = counted.every(other => {
      if (Math.abs((picture.timeS ?? 0) - (other.timeS ?? 0)) < videoFramesApartS) return false
      if (first.itemKind !== 'video' || picture.pdq === undefined || other.pdq === undefined) return true
      return hammingDistance(picture.pdq, other.pdq) > videoFramesApartBits
    })
    if (apart) counted.push(picture)
    if (counted.length >= videoFramesMin) break
  }
  return counted.length
}

function closest (hits: readonly Hit[], strength: Strength): Hit | undefined {
  let best: Hit | undefined
  for (const hit of hits) {
    if (strengthOf(hit) === strength && (best === undefined || isCloser(hit, best))) best = hit
  }
  return best
}

function isCloser (a: Hit, b: Hit): boolean {
  if (a.algorithm !== b.algorithm) return a.algorithm === 'pdq'
  return a.distance - b.distance < 0 || (a.distance === b.distance && a.entryId < b.entryId)
}

function asMatch (hit: Hit, strength: Strength, reason: MatchReason, excluded: boolean): Match {
  const verdict = excluded ? 'allow' : verdictOf(strength, hit.list.action)
  return { hit, verdict, reason, enforced: hit.list.action !== 'observe' && !excluded, excluded }
}

function verdictOf (strength: Strength, action: ListAction): Verdict {
  return strength === 'strong' && action !== 'hold' ? 'block' : 'hold'
}

function byWorst (a: Match, b: Match): number {
  return Number(a.excluded) - Number(b.excluded) ||
    Number(b.enforced) - Number(a.enforced) ||
    verdicts.indexOf(b.verdict) - verdicts.indexOf(a.verdict) ||
    a.hit.distance - b.hit.distance ||
    a.hit.entryId - b.hit.entryId
}
