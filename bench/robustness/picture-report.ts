import { defaultListPolicy } from '#keersluis/policy/list-policy.js'
import type { Cell, HistogramPlot, Table, Target } from '../frame/bench.js'
import { median } from '../frame/percentiles.js'
import type { LargeListOutcome, LargeListTrial } from './large-list.js'
import { missedMostWords, type NamedTally } from './missed-most.js'
import { Tally } from './outcomes.js'
import type { PictureGroup } from './picture-edits.js'
import type { PictureTrials } from './picture-trials.js'
import { interval, isAtLeast, isBelow, percent, rateOf, tooSmall, type Rate } from './rate.js'

const groupWords: Record<PictureGroup, string> = {
  sturdy: 'format, size, tone, border, turn',
  crop: 'crop',
  overlay: 'small text or logo',
  beyond: 'no promise'
}

/** What the project promises for a group, each edit by itself: shares of n. */
const promises: Record<Exclude<PictureGroup, 'beyond'>, { blocked?: number, stopped: number }> = {
  sturdy: { blocked: 0.98, stopped: 0.995 },
  crop: { stopped: 0.8 },
  overlay: { stopped: 0.95 }
}

const strangerPairsMin = 100_000
const heldUploadsMax = 1 / 1000
/** The promise is about lists of this size. */
const judgedEntriesMin = 1_000_000

export const blockedOf = (tally: Tally): Rate => rateOf(tally.blocked, tally.of)
export const stoppedOf = (tally: Tally): Rate => rateOf(tally.blocked + tally.held, tally.of)

export const rateColumns = ['n', 'blocked', '95 %', 'held', 'blocked or held', '95 %', 'missed'] as const

export function rateCells (tally: Tally): Cell[] {
  const [blocked, stopped] = [blockedOf(tally), stoppedOf(tally)]
  return [tally.of, percent(blocked.share), interval(blocked), tally.held, percent(stopped.share), interval(stopped), tally.missed + tally.undecided]
}

export function editTable (what: string, trials: PictureTrials): Table {
  const { sources, edited, edits, entryCounts } = trials
  return {
    title: `Edits of ${what}`,
    note: `${sources} pictures on the list, ${edited} of them edited; ${leftOutWords(trials)}; an item has ${median(entryCounts)} PDQ entries (median)`,
    columns: ['edit', 'group', ...rateColumns],
    rows: edits.map(({ edit, tally }) => [edit.name, groupWords[edit.group], ...rateCells(tally)])
  }
}

/** Says how many pictures were left out, and which, so that an operator can look at them. */
export function leftOutWords ({ leftOut, unreadable }: Pick<PictureTrials, 'leftOut' | 'unreadable'>): string {
  const parts = ([
    [leftOut, 'too flat, too small or too large for near matching, or twice in the set'],
    [unreadable, 'damaged or not a picture']
  ] as const).filter(([names]) => names.length > 0).map(([names, why]) => `${names.length} ${why} (${firstNames(names)})`)
  return `${leftOut.length + unreadable.length} left out${parts.length === 0 ? '' : `: ${parts.join('; ')}`}`
}

const namesShown = 5

export function firstNames (names: readonly string[]): string {
  return names.slice(0, namesShown).join(', ') + (names.length > namesShown ? ', ...' : '')
}

const promisedGroups = ['sturdy', 'crop', 'overlay'] as const

/** All edits of a group as one tally. */
function groupTally (edits: PictureTrials['edits'], group: PictureGroup): Tally {
  return Tally.sum(edits.filter(({ edit }) => edit.group === group).map(({ tally }) => tally))
}

export function groupTable (what: string, { edits }: PictureTrials): Table {
  return {
    title: `Groups of edits of ${what}`,
    note: 'all edits of a group together: the copies of one picture are not independent of each other, so the true intervals are wider',
    columns: ['group', ...rateColumns],
    rows: promisedGroups.map(group => [groupWords[group], ...rateCells(groupTally(edits, group))])
  }
}

export function pictureTargets (what: string, { edits }: PictureTrials): Target[] {
  return promisedGroups.flatMap(group => {
    const tallies = edits.filter(({ edit }) => edit.group === group)
    const all = [{ edit: { name: 'all of them' }, tally: groupTally(edits, group) }]
    const { blocked, stopped } = promises[group]
    return [
      ...blocked === undefined ? [] : [worstTarget({ what: `${groupWords[group]}: blocked, each edit`, group: what }, blocked, tallies, blockedOf)],
      worstTarget({ what: `${groupWords[group]}: blocked or held, each edit`, group: what }, stopped, tallies, stoppedOf),
      ...blocked === undefined ? [] : [worstTarget({ what: `${groupWords[group]}: blocked, all edits together`, group: what }, blocked, all, blockedOf)],
      worstTarget({ what: `${groupWords[group]}: blocked or held, all edits together`, group: what }, stopped, all, stoppedOf)
    ]
  })
}

/** The edit with the least share stands for its group; one tally alone needs no name. */
export function worstTarget (name: Pick<Target, 'what' | 'group'>, wanted: number, tallies: ReadonlyArray<{ edit: { name: string }, tally: Tally }>, rate: (tally: Tally) => Rate): Target {
  const rates = tallies.map(({ edit, tally }) => ({ name: edit.name, ...rate(tally) })).sort((a, b) => a.share - b.share)
  const [worst] = rates
  const judged = rates.map(one => isAtLeast(one, wanted))
  const reached = judged.includes(false) ? false : judged.includes(undefined) ? undefined : true
  const measured = worst === undefined ? 'nothing tried' : `${percent(worst.share)} of ${worst.of.toLocaleString('en-US')}${rates.length > 1 ? ` at worst (${worst.name})` : ''}; 95 % interval ${interval(worst)}`
  return { ...name, wanted: `at least ${percent(wanted)}`, measured: reached === undefined ? `${measured}; ${tooSmall}` : measured, reached: worst === undefined ? undefined : reached }
}

const falseHitDistances = [16, 24, 31, 40, 48, 56, 64, 80]

export function falseHitTable (what: string, { strangerDistances, strangerPairs, strangersBlocked, strangersHeld }: PictureTrials): Table {
  const perMillion = (hits: number): Cell[] => {
    const rate = rateOf(hits, strangerPairs)
    return [hits, strangerPairs, rate.share * 1e6, rate.high * 1e6]
  }
  const within = (bits: number): number => strangerDistances.slice(0, bits + 1).reduce((sum, count) => sum + count, 0)
  return {
    title: `Unrelated pairs of ${what}`,
    note: 'an ordinary copy of each picture against every other one’s item: the least PDQ distance over variants, crops and eight orientations, and what policy said',
    columns: ['what', 'pairs that hit', 'pairs', 'per million', 'per million at most (95 %)'],
    rows: [
      ['blocked by policy', ...perMillion(strangersBlocked)],
      ['held by policy', ...perMillion(strangersHeld)],
      ...falseHitDistances.map(bits => [`PDQ within ${bits} bits`, ...perMillion(within(bits))])
    ]
  }
}

export function closestTable (what: string, { closest }: PictureTrials): Table {
  return {
    title: `Closest unrelated pairs of ${what}`,
    note: 'pairs within the hold distance are copies of one picture more often than not: look at them',
    columns: ['upload', 'known', 'PDQ distance'],
    rows: closest.map(({ upload, known, distance }) => [upload, known, distance])
  }
}

export function strangerTarget (what: string, { strangerPairs, strangersBlocked }: PictureTrials): Target {
  const enough = strangerPairs >= strangerPairsMin
  const measured = `${strangersBlocked} of ${strangerPairs.toLocaleString('en-US')} pairs`
  return {
    what: 'unrelated pictures blocked',
    group: what,
    wanted: `none in at least ${strangerPairsMin.toLocaleString('en-US')} pairs`,
    measured: enough || strangersBlocked > 0 ? measured : `${measured}; ${tooSmall}`,
    reached: strangersBlocked > 0 ? false : enough ? true : undefined
  }
}

const binWidth = 4

export function distanceHistogram (what: string, { ownDistances, strangerDistances }: PictureTrials): HistogramPlot {
  const { pdqBlockDistance, pdqHoldDistance } = defaultListPolicy
  return {
    kind: 'histogram',
    title: `PDQ distances, ${what}`,
    xLabel: 'bits of 256, the least over variants, crops and orientations',
    binWidth,
    marks: [{ at: pdqBlockDistance, label: `block within ${pdqBlockDistance}` }, { at: pdqHoldDistance, label: `hold within ${pdqHoldDistance}` }],
    series: [
      { name: 'edited copies and their own item', counts: binned(ownDistances) },
      { name: 'ordinary copies and other items', counts: binned(strangerDistances) }
    ]
  }
}

function binned (counts: readonly number[]): number[] {
  const bins = Array.from({ length: 256 / binWidth }, () => 0)
  counts.forEach((count, distance) => {
    const bin = Math.min(bins.length - 1, Math.floor(distance / binWidth))
    bins[bin] = (bins[bin] ?? 0) + count
  })
  return bins
}

export function largeListTable ({ entries, distinct, edited, searches, searchMs }: LargeListTrial): Table {
  const row = (what: string, { uploads, blocked, held }: LargeListOutcome): Cell[] =>
    [what, uploads, blocked, held, percent((blocked + held) / uploads), interval(rateOf(blocked + held, uploads))]
  return {
    title: `Unlisted uploads against a list of ${entries.toLocaleString('en-US')} made-up entries`,
    note: `half random, half correlated as PDQ hashes of pictures are; ${searches} searches of one upload take ${searchMs.toFixed(2)} ms (medians)`,
    columns: ['uploads', 'n', 'blocked', 'held', 'blocked or held', '95 %'],
    rows: [row('different pictures', distinct), row('edited copies of some of them', edited)]
  }
}

export function largeListTarget ({ entries, distinct: { uploads, blocked, held } }: LargeListTrial): Target {
  const rate = rateOf(blocked + held, uploads)
  const reached = entries < judgedEntriesMin ? undefined : isBelow(rate, heldUploadsMax)
  const whyOpen = entries < judgedEntriesMin ? `judged from ${judgedEntriesMin.toLocaleString('en-US')} entries on` : tooSmall
  return {
    what: 'different unlisted pictures blocked or held',
    group: `A list of ${entries.toLocaleString('en-US')} made-up entries`,
    wanted: 'fewer than 1 in 1,000',
    measured: `${blocked + held} of ${uploads} (at most ${percent(rate.high, 3)} with 95 %)${reached === undefined ? `; ${whyOpen}` : ''}`,
    reached
  }
}

type HeadlineTrials = Pick<PictureTrials, 'edits' | 'strangersBlocked' | 'strangerPairs'>

/** The sets have the same edits: each with its copies of all sets. */
function sumByEdit (sets: readonly HeadlineTrials[]): NamedTally[] {
  const names = [...new Set(sets.flatMap(({ edits }) => edits.map(({ edit }) => edit.name)))]
  return names.map(name => ({ name, tally: Tally.sum(sets.flatMap(({ edits }) => edits.filter(({ edit }) => edit.name === name).map(({ tally }) => tally))) }))
}

/** What is caught and what is not, over all sets; `which` says what pictures they are. */
export function headlineOf (which: string, sets: readonly HeadlineTrials[]): string {
  const sturdy = Tally.sum(sets.flatMap(({ edits }) => edits.filter(({ edit }) => edit.group === 'sturdy').map(({ tally }) => tally)))
  const [strangers, pairs] = sets.reduce(([hits, all], { strangersBlocked, strangerPairs }) => [hits + strangersBlocked, all + strangerPairs], [0, 0])
  return `Of ${sturdy.of.toLocaleString('en-US')} recompressed, resized, toned, framed or turned copies of ${which}, ${percent(sturdy.blocked / sturdy.of)} were blocked; of ${pairs.toLocaleString('en-US')} unrelated pairs ${strangers === 0 ? 'none was' : `${strangers} were`}. ${missedMostWords(sumByEdit(sets))}`
}
