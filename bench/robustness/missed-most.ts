import type { Tally } from './outcomes.js'
import { rateOf } from './rate.js'

/** What became of the copies of one kind of edit. */
export interface NamedTally {
  name: string
  tally: Tally
}

const editsShown = 3

/** What the gate does not catch, promised or not: a reader who sees only successes would expect too much of it. */
export function missedMostWords (tallies: readonly NamedTally[]): string {
  const rates = tallies.map(({ name, tally }) => ({ name, rate: rateOf(tally.missed + tally.undecided, tally.of) })).filter(({ rate }) => rate.hits > 0)
  const copies = tallies.reduce((sum, { tally }) => sum + tally.of, 0)
  if (rates.length === 0) return `None of all ${copies} copies was missed.`
  const worst = rates.sort((a, b) => b.rate.share - a.rate.share).slice(0, editsShown)
  return `Missed most, of ${tallies.length} kinds of edits: ${worst.map(({ name, rate }) => `'${name}', ${rate.hits} of ${rate.of}`).join('; ')}.`
}
