import type { Table, Target } from '../frame/bench.js'
import type { FilmTrials } from './film-trials.js'
import { rateCells, rateColumns, stoppedOf, worstTarget } from './picture-report.js'
import { percent, rateOf, tooSmall } from './rate.js'

const stoppedWanted = 0.95

export function filmTable (what: string, { sources, leftOut, edits, strangerPairs, strangersBlocked, strangersHeld }: FilmTrials): Table {
  const strangers = `of ${strangerPairs} pairs of a copy and another film ${strangersBlocked} were blocked and ${strangersHeld} held (at most ${percent(rateOf(strangersBlocked + strangersHeld, strangerPairs).high)} with 95 %)`
  return {
    title: 'Edits of films',
    note: `${what}; ${sources} films on the list, ${leftOut} left out; ${strangers}`,
    columns: ['edit', 'promised', ...rateColumns],
    rows: edits.map(({ edit, tally }) => [edit.name, edit.beyond === true ? 'no' : 'yes', ...rateCells(tally)])
  }
}

export function filmTargets ({ edits, strangerPairs, strangersBlocked, strangersHeld }: FilmTrials): Target[] {
  const promised = edits.filter(({ edit }) => edit.beyond !== true)
  const met = strangersBlocked + strangersHeld
  return [
    worstTarget('films: blocked or held, each edit', stoppedWanted, promised, stoppedOf),
    {
      what: 'films: unrelated ones blocked or held',
      wanted: 'none',
      measured: `${met} of ${strangerPairs} pairs${met === 0 ? `; ${tooSmall}` : ''}`,
      reached: met > 0 ? false : undefined
    }
  ]
}
