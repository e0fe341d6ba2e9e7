export interface TableLayout {
  /** Bits of each table's chunk, the widest first; together 256. */
  widths: readonly number[]
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
  { rowsMax: 400_000, tables: 12, sparse: true },
  { rowsMax: 5_000_000, tables: 11, sparse: true },
  { rowsMax: Infinity, tables: 11, sparse: false }
]

/**
 * Rows up to which a row number takes three bytes. One bit of a sparse table's number says that it is the place of a list, and lists
 * take half as many numbers again as there are rows at most.
 */
const threeByteRowsMax = { plain: 2 ** 24, sparse: Math.floor(2 ** 23 / 1.5) }

/** 256 bits in `tables` chunks whose widths differ by at most one. */
function widthsOf (tables: number): number[] {
  const wider = 256 % tables
  return Array.from({ length: tables }, (_, i) => Math.floor(256 / tables) + (i < wider ? 1 : 0))
}

/** A layout with so many tables. */
export function layoutOf ({ tables, sparse }: Pick<LayoutStep, 'tables' | 'sparse'>, rows: number): TableLayout {
  return { widths: widthsOf(tables), sparse, numberBytes: rows <= threeByteRowsMax[sparse ? 'sparse' : 'plain'] ? 3 : 4 }
}

/** The tables for so many distinct rows. */
export function layoutFor (rows: number): TableLayout {
  const step = steps.find(({ rowsMax }) => rows <= rowsMax)
  if (step === undefined) throw new RangeError('The last step takes any number of rows.')
  return layoutOf(step, rows)
}

/** The most bytes that the tables of `rows` rows take, while they are built or afterwards. */
export function tablesBytesMax ({ widths, sparse, numberBytes }: TableLayout, rows: number): number {
  return widths.reduce((bytes, width) => {
    const buckets = 2 ** width
    // Sparse: bits, ranks and, for a while, bits again; a list takes two numbers more than its rows.
    const index = sparse ? buckets / 64 * (8 + 4 + 8) + 2 * numberBytes * Math.min(rows / 2, buckets) : 4 * (buckets + 1)
    return bytes + index + rows * numberBytes + 128
  }, 0)
}

/** Room for the tables when it is not known yet how many of `rows` rows are distinct. */
export function buildBytesMax (rows: number): number {
  const reachable = steps.filter((_, i) => rows > (steps[i - 1]?.rowsMax ?? 0)).map((step) => layoutOf(step, rows))
  return Math.max(...reachable.map((layout) => tablesBytesMax(layout, rows)))
}
