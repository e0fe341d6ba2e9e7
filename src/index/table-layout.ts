export interface TableLayout {
  /** Bits of each table's chunk, the widest first; together 256. */
  widths: readonly number[]
  /** Bitmap and ranks instead of an offset for every bucket: smaller where most buckets are empty. */
  ranked: boolean
  rowNumberBytes: 3 | 4
}

/** A table count serves up to so many distinct rows. */
interface LayoutStep {
  rowsMax: number
  tables: number
  ranked: boolean
}

/**
 * Wider chunks mean fewer candidates, and more probes and buckets. The cut-offs are where the measured search times of
 * `bench/index/` cross (`docs/design/index.md`); they choose, they are no part of the format.
 */
const steps: readonly LayoutStep[] = [
  { rowsMax: 200_000, tables: 16, ranked: false },
  { rowsMax: 800_000, tables: 12, ranked: true },
  { rowsMax: 5_000_000, tables: 11, ranked: true },
  { rowsMax: Infinity, tables: 11, ranked: false }
]

/** Rows up to which a row number takes three bytes. */
const threeByteRowsMax = 2 ** 24

/** 256 bits in `tables` chunks whose widths differ by at most one. */
function widthsOf (tables: number): number[] {
  const wider = 256 % tables
  return Array.from({ length: tables }, (_, i) => Math.floor(256 / tables) + (i < wider ? 1 : 0))
}

/** A layout with so many tables. */
export function layoutOf ({ tables, ranked }: Pick<LayoutStep, 'tables' | 'ranked'>, rows: number): TableLayout {
  return { widths: widthsOf(tables), ranked, rowNumberBytes: rows <= threeByteRowsMax ? 3 : 4 }
}

/** The tables for so many distinct rows. */
export function layoutFor (rows: number): TableLayout {
  const step = steps.find(({ rowsMax }) => rows <= rowsMax)
  if (step === undefined) throw new RangeError('The last step takes any number of rows.')
  return layoutOf(step, rows)
}

/** The most bytes that the tables of `rows` rows take in the image. */
export function tablesBytesMax ({ widths, ranked, rowNumberBytes }: TableLayout, rows: number): number {
  return widths.reduce((bytes, width) => {
    const buckets = 2 ** width
    const index = ranked ? buckets / 8 + buckets / 16 + 4 * (Math.min(rows, buckets) + 1) : 4 * (buckets + 1)
    return bytes + index + rows * rowNumberBytes + 128
  }, 0)
}

/** Scratch to build the tables of a layout one after the other: a counter for each bucket, where the table itself has none. */
export function scratchBytes ({ widths, ranked }: TableLayout): number {
  return ranked ? 4 * 2 ** Math.max(...widths) : 0
}

/** Room for the tables and their scratch, when it is not known yet how many of `rows` rows are distinct. */
export function buildBytesMax (rows: number): number {
  const reachable = steps.filter((_, i) => rows > (steps[i - 1]?.rowsMax ?? 0)).map((step) => layoutOf(step, rows))
  return Math.max(...reachable.map((layout) => tablesBytesMax(layout, rows) + scratchBytes(layout)))
}
