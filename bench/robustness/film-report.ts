import type { Table, Target } from '../frame/bench.js'
import type { FilmTrials } from './film-trials.js'
import { missedMostWords } from './missed-most.js'
import { Tally } from './outcomes.js'
import { firstNames, rateCells, rateColumns, stoppedOf, worstTarget } from './picture-report.js'
import { percent, rateOf, tooSmall } from './rate.js'

const stoppedWanted = 0.95
const group = 'Films'

export function filmTable (what: string, { sources, leftOut, edits, strangerPairs, strangersBlocked, strangersHeld }: FilmTrials): Table {
  const strangers = `of ${strangerPairs} pairs of an edited copy and another film ${strangersBlocked} were blocked and ${strangersHeld} held (at most ${percent(rateOf(strangersBlocked + strangersHeld, strangerPairs).high)} with 95 %)`
  return {
    title: 'Edits of films',
    note: `${what}; ${sources} films on the list, ${leftOut.length} left out${leftOut.length === 0 ? '' : ` (${firstNames(leftOut)})`}; ${strangers}`,
    columns: ['edit', 'promised', ...rateColumns],
    rows: [
      ...edits.map(({ edit, tally }) => [edit.name, edit.beyond === true ? 'no' : 'yes', ...rateCells(tally)]),
      ['all that is promised', 'yes', ...rateCells(promisedTally(edits))]
    ]
  }
}

/** The copies of one film are not independent of each other, so the true interval is wider. */
function promisedTally (edits: FilmTrials['edits']): Tally {
  return Tally.sum(edits.filter(({ edit }) => edit.beyond !== true).map(({ tally }) => tally))
}

export function filmHeadline ({ edits }: FilmTrials): string {
  const { blocked, held, of } = promisedTally(edits)
  return `Of ${of} edited copies of films, ${percent((blocked + held) / of)} were blocked or held. ${missedMostWords(edits.map(({ edit, tally }) => ({ name: edit.name, tally })))}`
}

export function filmTargets ({ edits, strangerPairs, strangersBlocked, strangersHeld }: FilmTrials): Target[] {
  const promised = edits.filter(({ edit }) => edit.beyond !== true)
  const met = strangersBlocked + strangersHeld
  return [
    worstTarget({ what: 'blocked or held, each edit', group }, stoppedWanted, promised, stoppedOf),
    worstTarget({ what: 'blocked or held, all edits together', group }, stoppedWanted, [{ edit: { name: 'all that is promised' }, tally: promisedTally(edits) }], stoppedOf),
    {
      what: 'unrelated films blocked or held',
      group,
      wanted: 'none',
      measured: `${met} of ${strangerPairs} pairs${met === 0 ? `; ${tooSmall}` : ''}`,
      reached: met > 0 ? false : undefined
    }
  ]
}
