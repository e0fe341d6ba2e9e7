import { filteredSide, type AxisFilter } from './pdq-filter.js'
import { assertRaster, type Raster } from './raster.js'

/** Luminance by ITU-R BT.601, in thousandths. */
const luminanceScale = 1000
const redWeight = 299
const greenWeight = 587
const blueWeight = 114

interface FilteredRows {
  values: Float64Array
  /** Which rows are done. */
  known: Uint8Array
}

/**
 * The rows of one raster after the horizontal half of PDQ's filter, kept for each way to read its columns: most of the
 * cost of a hash, which parts of equal width share. The raster must not change meanwhile.
 */
export class PdqRows {
  readonly raster: Raster
  readonly #filtered = new Map<AxisFilter, FilteredRows>()
  readonly #luminance: Float64Array

  /** @throws KeersluisError `internal` when the raster is malformed. */
  constructor (raster: Raster) {
    assertRaster(raster)
    this.raster = raster
    this.#luminance = new Float64Array(raster.width)
  }

  get width (): number { return this.raster.width }
  get height (): number { return this.raster.height }

  /** The 64 values of row `y`; the caller may not write to them. */
  row (across: AxisFilter, y: number): Float64Array {
    const { values, known } = this.#rowsFor(across)
    const row = values.subarray(y * filteredSide, (y + 1) * filteredSide)
    if (known[y] === 1) return row
    readLuminance(this.raster, y, this.#luminance)
    filterRow(this.#luminance, across, row)
    known[y] = 1
    return row
  }

  #rowsFor (across: AxisFilter): FilteredRows {
    const found = this.#filtered.get(across)
    if (found !== undefined) return found
    const { height } = this.raster
    const rows = { values: new Float64Array(height * filteredSide), known: new Uint8Array(height) }
    this.#filtered.set(across, rows)
    return rows
  }
}

/** Whole thousandths: a third of the time of fractions, and exact. */
function readLuminance (raster: Raster, y: number, luminance: Float64Array): void {
  const { data, width, channels } = raster
  let at = y * width * channels
  if (channels === 1) {
    for (let x = 0; x < width; x++) luminance[x] = luminanceScale * (data[at++] ?? 0)
    return
  }
  for (let x = 0; x < width; x++, at += 3) {
    luminance[x] = redWeight * (data[at] ?? 0) + greenWeight * (data[at + 1] ?? 0) + blueWeight * (data[at + 2] ?? 0)
  }
}

function filterRow (luminance: Float64Array, filter: AxisFilter, row: Float64Array): void {
  const { starts, taps, weights } = filter
  let at = 0
  for (let j = 0; j < filteredSide; j++) {
    let x = starts[j] ?? 0
    const end = x + taps
    let total = 0
    // Four at a time: this loop is half the cost of a hash.
    for (; x + 3 < end; x += 4, at += 4) {
      total += (luminance[x] ?? 0) * (weights[at] ?? 0) + (luminance[x + 1] ?? 0) * (weights[at + 1] ?? 0) +
        (luminance[x + 2] ?? 0) * (weights[at + 2] ?? 0) + (luminance[x + 3] ?? 0) * (weights[at + 3] ?? 0)
    }
    for (; x < end; x++, at++) total += (luminance[x] ?? 0) * (weights[at] ?? 0)
    row[j] = total / luminanceScale
  }
}
