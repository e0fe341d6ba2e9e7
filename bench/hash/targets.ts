import type { Target } from '../frame/bench.js'
import { judgedText, numberText } from '../frame/cell.js'
import type { CellFigures } from './cells.js'
import { formatNames } from './pictures.js'

const largeMegapixels = 12
const smallMegapixels = 2

interface HashTarget {
  what: string
  wanted: string
  /** Which cells it speaks of. */
  covers (cell: CellFigures): boolean
  /** The figure that is promised, and how good it is: the worst cell counts. */
  value (cell: CellFigures): number | undefined
  isAtLeast: boolean
  bound: number
  /** What a reader should know beside the figure. */
  beside? (cell: CellFigures): string
}

const isLarge = ({ megapixels }: CellFigures): boolean => megapixels >= largeMegapixels
const isSmall = ({ megapixels }: CellFigures): boolean => megapixels === smallMegapixels
const isJpeg = ({ format }: CellFigures): boolean => format === 'jpeg'

const byEvenSides = ({ times }: CellFigures): string => `; ${numberText(times.naiveEven ?? Number.NaN)} where both sides divide by 16`

const promised: readonly HashTarget[] = [
  {
    what: 'Throughput against bare sharp, 12 MP and more, every format',
    wanted: 'at least 0.85 of it',
    covers: isLarge,
    value: ({ times }) => times.sharp,
    isAtLeast: true,
    bound: 0.85
  },
  {
    what: 'Throughput against bare sharp, 2 MP, every format',
    wanted: 'at least 0.75 of it',
    covers: isSmall,
    value: ({ times }) => times.sharp,
    isAtLeast: true,
    bound: 0.75
  },
  {
    what: 'Throughput against the naive way, JPEG of 2 MP',
    wanted: 'at least 4 times',
    covers: cell => isSmall(cell) && isJpeg(cell),
    value: ({ times }) => times.naive,
    isAtLeast: true,
    bound: 4,
    beside: byEvenSides
  },
  {
    what: 'Throughput against the naive way, JPEG of 12 MP and more',
    wanted: 'at least 5 times',
    covers: cell => isLarge(cell) && isJpeg(cell),
    value: ({ times }) => times.naive,
    isAtLeast: true,
    bound: 5,
    beside: byEvenSides
  },
  {
    what: 'Processor time against the libjpeg-turbo floor, JPEG of 12 MP and more',
    wanted: 'at most 1.3 times',
    covers: cell => isLarge(cell) && isJpeg(cell),
    value: ({ times }) => times.floor === undefined ? undefined : 1 / times.floor,
    isAtLeast: false,
    bound: 1.3,
    // A blockhash is of all three colours; grey leaves out more than a hash may.
    beside: ({ times }) => `; ${numberText(1 / (times.floorColour ?? Number.NaN))} where the floor decodes the colours, too`
  }
]

/** What the project promises about hashing, against the worst cell of this run. */
export function hashTargets (cells: readonly CellFigures[]): Target[] {
  return promised.map(({ what, wanted, covers, value, isAtLeast, bound, beside }) => {
    const measured = cells.filter(covers).flatMap(cell => {
      const figure = value(cell)
      return figure === undefined || !Number.isFinite(figure) ? [] : [{ figure, cell }]
    }).sort((a, b) => isAtLeast ? a.figure - b.figure : b.figure - a.figure)
    const [worst] = measured
    if (worst === undefined) return { what, wanted, measured: 'not measured', reached: undefined }
    const { figure, cell } = worst
    return {
      what,
      wanted,
      measured: `${judgedText(figure, bound)} at worst (${formatNames[cell.format]}, ${cell.megapixels} MP)${beside?.(cell) ?? ''}`,
      reached: isAtLeast ? figure >= bound : figure <= bound
    }
  })
}
