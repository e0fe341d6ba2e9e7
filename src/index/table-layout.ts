import { nextBytes } from './kernel/layout.js'

export interface TableLayout {
  /** Bits of each table's chunk, the widest first; together 256. */
  widths: readonly number[]
  /** Of these, the bits that make up the number of a bucket. */
  bucketWidths: readonly number[]
  /** Whether most buckets have no row (`kernel/layout.ts` says what differs). */
  sparse: boolean
  /** Bytes of a row number. */
  numberBytes: 3 | 4
}

/** A table count serves up to so many distinct rows. */
interface LayoutStep {
  rowsMax: number
  tables: number
  sparse: boolean
}

/**
 * Wider chunks mean fewer candidates, and more probes and buckets. The cut-offs are where the measured search times of
 * `bench/index/` cross (`docs/design/index.md`); they choose, they are no part of the format.
 */
const steps: readonly LayoutStep[] = [
  { rowsMax: 80_000, tables: 16, sparse: false },
  { rowsMax: 800_000, tables: 12, sparse: true },
  { rowsMax: 6_000_000, tables: 11, sparse: true },
  { rowsMax: Infinity, tables: 11, sparse: false }
]

/**
 * Rows up to which a row number takes three bytes. A plain table's is all ones where a place is empty. A sparse table's may be the place of a
 * list, and lists take half as many numbers again as there are rows at most.
 */
const threeByteRowsMax = { plain: 2 ** 24 - 1, sparse: Math.floor(2 ** 24 / 1.5) }

/** 256 bits in `tables` chunks whose widths differ by at most one. */
function widthsOf (tables: number): number[] {
  const wider = 256 % tables
  return Array.from({ length: tables }, (_, i) => Math.floor(256 / tables) + (i < wider ? 1 : 0))
}

/** A layout with so many tables. Plain buckets take two bits less than the chunk: a fourth of the offsets, and the next bits tell which of their rows are far. */
export function layoutOf ({ tables, sparse }: Pick<LayoutStep, 'tables' | 'sparse'>, rows: number): TableLayout {
  const widths = widthsOf(tables)
  return {
    widths,
    bucketWidths: sparse ? widths : widths.map((width) => width - 2),
    sparse,
    numberBytes: rows <= threeByteRowsMax[sparse ? 'sparse' : 'plain'] ? 3 : 4
  }
}

/** The tables for so many distinct rows. */
export function layoutFor (rows: number): TableLayout {
  const step = steps.find(({ rowsMax }) => rows <= rowsMax)
  if (step === undefined) throw new RangeError('The last step takes any number of rows.')
  return layoutOf(step, rows)
}

/** The most bytes that the tables of `rows` rows take, while they are built or afterwards. */
export function tablesBytesMax ({ bucketWidths, sparse, numberBytes }: TableLayout, rows: number): number {
  const recordBytes = numberBytes + nextBytes
  return bucketWidths.reduce((bytes, width) => {
    const buckets = 2 ** width
    // Sparse: bits, ranks and, for a while, bits again; a list takes two records more than its rows. Plain: half as many places are empty.
    const index = sparse ? buckets / 64 * (8 + 4 + 8) + 2 * recordBytes * Math.min(rows / 2, buckets) : 4 * (buckets + 1) + recordBytes * rows / 2
    return bytes + index + rows * recordBytes + 256
  }, 0)
}

/** Room for the tables when it is not known yet how many of `rows` rows are distinct: only those are in the tables. */
export function buildBytesMax (rows: number): number {
  const reachable = steps.filter((_, i) => rows > (steps[i - 1]?.rowsMax ?? 0)).map(({ rowsMax, ...shape }) => ({ shape, distinct: Math.min(rows, rowsMax) }))
  return Math.max(...reachable.map(({ shape, distinct }) => tablesBytesMax(layoutOf(shape, distinct), distinct)))
}
