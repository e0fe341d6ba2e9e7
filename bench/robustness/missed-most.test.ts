import { test } from 'tap'
import { filmHeadline } from './film-report.js'
import { missedMostWords, type NamedTally } from './missed-most.js'
import { Tally, type Outcome } from './outcomes.js'
import { headlineOf } from './picture-report.js'
import type { PictureTrials } from './picture-trials.js'

function tallyOf (counts: Partial<Record<Outcome, number>>): Tally {
  const tally = new Tally()
  for (const outcome of ['block', 'hold', 'undecided', 'miss'] as const) for (let i = 0; i < (counts[outcome] ?? 0); i++) tally.add(outcome)
  return tally
}

const some: NamedTally[] = [
  { name: 'JPEG 70', tally: tallyOf({ block: 33 }) },
  { name: 'large logo', tally: tallyOf({ block: 10, miss: 30 }) },
  { name: 'small text', tally: tallyOf({ block: 9, hold: 10, miss: 1 }) },
  { name: 'turn 5 degrees', tally: tallyOf({ hold: 2, miss: 8 }) },
  { name: 'broken', tally: tallyOf({ block: 9, undecided: 1 }) }
]

test('the edits that are missed most are named with their number, what could not be judged among them', async t => {
  t.equal(missedMostWords(some), "Missed most, of 5 kinds of edits: 'turn 5 degrees', 8 of 10; 'large logo', 30 of 40; 'broken', 1 of 10.")
})

test('where none was missed, it says of how many', async t => {
  t.equal(missedMostWords(some.slice(0, 1)), 'None of all 33 copies was missed.')
})

test('both headlines end with it, and sets of pictures are put together', async t => {
  const edit = { name: 'large logo', group: 'beyond' as const, apply: async () => Buffer.alloc(0) }
  const set: Pick<PictureTrials, 'edits' | 'strangersBlocked' | 'strangerPairs'> = { edits: [{ edit, tally: tallyOf({ block: 1, miss: 1 }) }], strangersBlocked: 0, strangerPairs: 2 }
  t.match(headlineOf('pictures', [set, set]), /Missed most, of 1 kinds of edits: 'large logo', 2 of 4\.$/)
  const film = { sources: 1, leftOut: [], strangerPairs: 0, strangersBlocked: 0, strangersHeld: 0, edits: [{ edit: { name: 'cut', extension: '.mp4' as const, options: () => [], beyond: true }, tally: tallyOf({ miss: 2 }) }] }
  t.match(filmHeadline(film), /Missed most, of 1 kinds of edits: 'cut', 2 of 2\.$/)
})
