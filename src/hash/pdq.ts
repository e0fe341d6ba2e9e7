import { dct } from './pdq-dct.js'
import { axisFilter, filteredSide, type AxisFilter, type AxisView } from './pdq-filter.js'
import { pdqOrientations, type OrientedHash, type Reversed } from './pdq-orientations.js'
import { lowerMedian, thresholdBits } from './pdq-threshold.js'
import { assertInside, assertRaster, assertSize, wholeBox, type Box, type Raster, type Size } from './raster.js'

/** PDQ of one picture. */
export interface Pdq {
  /** 32 bytes in the order of the hash text. */
  hash: Uint8Array
  /** 0 to 100: how much contrast the filtered picture has. Below 50 the hash is noise. */
  quality: number
  /** 256 coefficients, row by row: vertical frequency 1 to 16 by horizontal frequency 1 to 16. */
  dct: Float64Array
}

/** Luminance by ITU-R BT.601, in thousandths. */
const luminanceScale = 1000
const redWeight = 299
const greenWeight = 587
const blueWeight = 114

/** PDQ is undefined for pictures with a side below this; the reference answers an all-zero hash of quality 0. */
const nativeSideMin = 5

/** PDQ samples 1 to 1.5 pixels off the middle of its blocks: from this side on less than a tenth of a block. */
const symmetricSideMin = 1024

/** A batch of uploads has few different sizes; 64 axis filters of a 256-pixel raster take about 200 KiB. */
const filtersMaxDefault = 64

/**
 * Computes PDQ and keeps the filters of the last sizes, so that pictures of one size (video frames, rasters of one
 * camera) pay for them once. Not for use by several threads at once.
 */
export class PdqHasher {
  readonly #filters = new Map<string, AxisFilter>()
  readonly #filtersMax: number
  readonly #filtered = new Float64Array(filteredSide * filteredSide)
  readonly #row = new Float64Array(filteredSide)

  constructor (filtersMax = filtersMaxDefault) {
    this.#filtersMax = filtersMax
  }

  /**
   * PDQ as ThreatExchange defines it, without any resize of its own. Hash, quality and coefficients are those of the
   * reference on equal pixels.
   * @param raster the upright picture, RGB or grey.
   * @param native the picture's own size in pixels where `raster` is a resized picture: the blur is then computed for
   *   that size and laid over the raster. Without it the raster is the picture at its own size.
   * @param box the part of the raster to hash (fractions of pixels allowed); `native` is then the size of that part. It may
   *   reach beyond the raster by a pixel, where the raster lacks the outermost pixels: its edge is then continued.
   * @throws KeersluisError `internal` when the raster, the size or the box is malformed.
   */
  hash (raster: Raster, native?: Size, box: Box = wholeBox(raster)): Pdq {
    assertRaster(raster)
    assertInside(box, raster, 1)
    const size = native ?? sizeOf(box)
    assertSize(size)
    if (size.width < nativeSideMin || size.height < nativeSideMin) {
      return { hash: new Uint8Array(32), quality: 0, dct: new Float64Array(256) }
    }
    const coefficients = this.#dct(raster, size, box, { down: false, across: false })
    return {
      hash: thresholdBits(coefficients, lowerMedian(coefficients)),
      quality: qualityOf(this.#filtered),
      dct: coefficients
    }
  }

  /**
   * The hashes of all eight orientations, in the order of `orientations`: those of the really turned picture, up to
   * rounding, at the cost of another filter for each reversal of a short side.
   * @param upright what `hash` answered for the same raster, size and box.
   */
  orientations (upright: Pdq, raster: Raster, native?: Size, box: Box = wholeBox(raster)): OrientedHash[] {
    const size = native ?? sizeOf(box)
    if (size.width < nativeSideMin || size.height < nativeSideMin) return pdqOrientations(upright)
    const known = new Map([['false false', upright.dct]])
    return pdqOrientations(upright, reversed => {
      const down = reversed.down && size.height < symmetricSideMin
      const across = reversed.across && size.width < symmetricSideMin
      const key = `${down} ${across}`
      const coefficients = known.get(key) ?? this.#dct(raster, size, box, { down, across })
      known.set(key, coefficients)
      return coefficients
    })
  }

  /** Leaves the filtered picture in `#filtered`. */
  #dct (raster: Raster, size: Size, box: Box, reversed: Reversed): Float64Array {
    const across = this.#filter({ native: size.width, from: box.left, span: box.width, rasterLength: raster.width, mirrored: reversed.across })
    const down = this.#filter({ native: size.height, from: box.top, span: box.height, rasterLength: raster.height, mirrored: reversed.down })
    filterRaster(raster, across, down, this.#row, this.#filtered)
    return dct(this.#filtered)
  }

  #filter (view: AxisView): AxisFilter {
    const key = `${view.native} ${view.from} ${view.span} ${view.rasterLength} ${view.mirrored}`
    const filter = this.#filters.get(key) ?? axisFilter(view)
    // Deleting and setting again keeps the map in order of last use.
    this.#filters.delete(key)
    this.#filters.set(key, filter)
    if (this.#filters.size > this.#filtersMax) this.#filters.delete(this.#filters.keys().next().value ?? key)
    return filter
  }
}

function sizeOf (box: Box): Size {
  return { width: Math.round(box.width), height: Math.round(box.height) }
}

/** One PDQ hash without keeping anything; see `PdqHasher.hash`. */
export function pdq (raster: Raster, native?: Size, box?: Box): Pdq {
  return new PdqHasher().hash(raster, native, box)
}

/** Luminance, blur and decimation in one walk over the raster rows that have a weight. */
function filterRaster (
  raster: Raster, across: AxisFilter, down: AxisFilter, row: Float64Array, filtered: Float64Array
): void {
  filtered.fill(0)
  const luminance = new Float64Array(raster.width)
  let first = 0
  for (let y = down.starts[0] ?? 0; y < raster.height; y++) {
    while (first < filteredSide && (down.starts[first] ?? 0) + down.taps <= y) first++
    if (first === filteredSide) return
    if ((down.starts[first] ?? 0) > y) continue
    readLuminance(raster, y, luminance)
    filterRow(luminance, across, row)
    for (let i = first; i < filteredSide && (down.starts[i] ?? 0) <= y; i++) {
      const weight = down.weights[i * down.taps + y - (down.starts[i] ?? 0)] ?? 0
      for (let j = 0; j < filteredSide; j++) {
        const at = i * filteredSide + j
        filtered[at] = (filtered[at] ?? 0) + weight * (row[j] ?? 0)
      }
    }
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

/** The reference's sum of steps between neighbours, each cut to whole percents of full scale, over 90, at most 100. */
function qualityOf (filtered: Float64Array): number {
  let sum = 0
  for (let i = 0; i < filteredSide; i++) {
    for (let j = 0; j < filteredSide; j++) {
      const at = i * filteredSide + j
      const value = filtered[at] ?? 0
      if (i + 1 < filteredSide) sum += percentStep(value, filtered[at + filteredSide] ?? 0)
      if (j + 1 < filteredSide) sum += percentStep(value, filtered[at + 1] ?? 0)
    }
  }
  return Math.min(100, Math.floor(sum / 90))
}

function percentStep (a: number, b: number): number {
  return Math.floor(Math.abs((a - b) * 100 / 255))
}
