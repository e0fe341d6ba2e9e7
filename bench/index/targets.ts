import type { Target } from '../frame/bench.js'
import { judgedText, numberText } from '../frame/cell.js'
import type { GateFigures, IndexFigures, SearchFigures } from './figures.js'

/** The radius of the default policy's block distance: the one that the promises are about. */
export const promisedRadius = 31

export const ratio = (a: number, b: number): number => a / b

const million = 1e6
const millions = (count: number): string => `${numberText(count / million)} million`
/** Two sets of one size differ by their data alone. */
const setWords = ({ kind, count }: { kind: string, count: number }): string => `${kind}, ${millions(count)}`

interface Bound {
  what: string
  /** `below` is not reached by the bound itself. */
  is: 'at least' | 'at most' | 'below'
  bound: number
  /** Behind a number; a ratio has none. */
  unit: string
}

/** What the project promises about the index, beside what this run gave. */
export function indexTargets ({ searches, sets, gates }: IndexFigures): Target[] {
  const uniform = searches.filter(({ radius, count, kind }) => radius === promisedRadius && count >= million && kind === 'uniform')
  const smooth = searches.filter(({ kind, count }) => kind === 'blockhash' && count >= million)
  const large = sets.filter(({ count }) => count >= million)
  const bytesAt = (count: number): Array<[string, number]> => sets.filter(set => set.count === count).map(set => [set.kind, set.bytesPerHash])
  return [
    recallTarget(searches),
    judged({ what: `p50 at radius ${promisedRadius} against the native floor`, is: 'at most', bound: 1.3, unit: ' times' }, uniform.map(of => [setWords(of), ratio(of.own.p50Us, of.nativeP50Us)])),
    judged({ what: 'p50 against the native AVX2 scan at ten million', is: 'at least', bound: 60, unit: ' times as fast' },
      uniform.filter(({ count }) => count >= 10 * million).map(of => [setWords(of), ratio(of.avx2P50Us, of.own.p50Us)])),
    judged({ what: 'p99 on blockhash-like data against one linear scan', is: 'at most', bound: 1.5, unit: ' times' }, smooth.map(of => [`${millions(of.count)}, radius ${of.radius}`, ratio(of.own.p99Us, of.linear.p99Us)])),
    judged({ what: 'from add to found by another thread, p99', is: 'below', bound: 10, unit: ' ms' }, sets.map(of => [setWords(of), of.insertP99Us / 1_000])),
    judged({ what: 'memory for a hash at one million', is: 'at most', bound: 145, unit: ' bytes' }, bytesAt(million)),
    judged({ what: 'memory for a hash at ten million', is: 'at most', bound: 125, unit: ' bytes' }, bytesAt(10 * million)),
    judged({ what: 'start from a snapshot against reading the rows from SQLite', is: 'at least', bound: 10, unit: ' times as fast' }, large.map(of => [setWords(of), ratio(of.sqliteReadS, of.start.medianS)])),
    judged({ what: 'two threads against one, for the processor time they got', is: 'at least', bound: 1.7, unit: ' times' }, large.map(of => [setWords(of), of.twoToOne])),
    sampleTarget(gates)
  ]
}

function judged ({ what, is, bound, unit }: Bound, figures: ReadonlyArray<readonly [label: string, value: number]>): Target {
  const known = figures.filter(([, value]) => Number.isFinite(value))
  const fits = (value: number): boolean => is === 'at least' ? value >= bound : is === 'at most' ? value <= bound : value < bound
  return {
    what,
    wanted: `${is} ${bound}${unit}`,
    measured: known.length === 0 ? notMeasured : known.map(([label, value]) => `${judgedText(value, bound)}${unit} (${label})`).join('; '),
    reached: known.length === 0 ? undefined : known.every(([, value]) => fits(value))
  }
}

const notMeasured = 'not in this run'

function recallTarget (searches: readonly SearchFigures[]): Target {
  const [worst] = [...searches].sort((a, b) => a.recall - b.recall)
  return {
    what: 'answers equal to comparing every row',
    wanted: 'all',
    measured: worst === undefined ? notMeasured : worst.recall === 1 ? 'all' : `${judgedText(worst.recall * 100, 100)} % at worst (${setWords(worst)}, radius ${worst.radius})`,
    reached: worst === undefined ? undefined : worst.recall === 1
  }
}

function sampleTarget (gates: readonly GateFigures[]): Target {
  return {
    what: 'lines of an imported list that are blocked, after every start',
    wanted: 'all of the sample',
    measured: gates.length === 0 ? notMeasured : gates.map(({ lines, found, asked }) => `${found} of ${asked} (${millions(lines)} lines)`).join('; '),
    reached: gates.length === 0 ? undefined : gates.every(({ found, asked }) => found === asked)
  }
}
