/**
 * One axis of PDQ's blur and decimation as a banded matrix: output `j` is the weighted mean of the raster samples
 * `starts[j]` to `starts[j] + taps - 1`, with the weights at `j * stride`. `starts` never falls.
 */
export interface AxisFilter {
  starts: Int32Array
  taps: number
  /** `taps`, made even by a weight of 0: two are read at once. */
  stride: number
  weights: Float64Array
}

/** A stretch of one raster axis, in samples (fractions allowed), that shows `native` samples of the picture. */
export interface AxisView {
  native: number
  from: number
  span: number
  rasterLength: number
  /** Sample as in the mirrored picture, still in the order of this one: PDQ's places are not symmetric. */
  mirrored: boolean
}

/** PDQ decimates every picture to this many samples per axis. */
export const filteredSide = 64

/** Weights of neighbouring samples, the first at index `start`. */
interface Band {
  start: number
  weights: Float64Array
}

/** Weights of neighbouring native samples as sums: `sums[i]` is the weight of all before the one at `start + i`. */
interface SummedBand {
  start: number
  sums: Float64Array
}

/**
 * PDQ blurs with two box passes per axis, of which only 64 samples are read; both passes and the reading fold into one
 * band per sample. Where the raster is a resized picture, the band is computed for the picture's native length, whose
 * rounding differs from the raster's, and then spread over the raster samples that cover each native one.
 * Source: ThreatExchange `pdq/cpp` (window, decimation places).
 */
export function axisFilter (view: AxisView): AxisFilter {
  const bands = Array.from({ length: filteredSide }, (_, j) => {
    const band = view.mirrored ? mirroredBand(view.native, j) : nativeBand(view.native, j)
    return projectedBand(band, view)
  })
  const taps = bands.reduce((most, band) => Math.max(most, band.weights.length), 1)
  const starts = new Int32Array(filteredSide)
  const stride = taps + taps % 2
  const weights = new Float64Array(filteredSide * stride)
  bands.forEach((band, j) => {
    // All bands get the same length; one near the end is moved back so that it stays inside the raster.
    const start = Math.min(band.start, view.rasterLength - taps)
    starts[j] = start
    weights.set(band.weights, j * stride + band.start - start)
  })
  return { starts, taps, stride, weights }
}

/** The box of window `w` around sample `o` of `n`: the mean of the samples from `first` to `last`. */
function box (o: number, w: number, n: number): { first: number, last: number } {
  const ahead = Math.floor((w + 2) / 2)
  return { first: Math.max(0, o - (w - ahead)), last: Math.min(n - 1, o + ahead - 1) }
}

/** Two box passes over `n` native samples, read at the place of output `j`. */
function nativeBand (n: number, j: number): SummedBand {
  const w = Math.ceil(n / (2 * filteredSide))
  const outer = box(Math.floor((j + 0.5) * n / filteredSide), w, n)
  const start = box(outer.first, w, n).first
  const length = box(outer.last, w, n).last - start + 1
  // Each box of the second pass adds the same weight to a run of samples: note where runs begin and end, then add up twice.
  const sums = new Float64Array(length + 1)
  for (let middle = outer.first; middle <= outer.last; middle++) {
    const inner = box(middle, w, n)
    const weight = 1 / ((outer.last - outer.first + 1) * (inner.last - inner.first + 1))
    const end = inner.last + 1 - start
    sums[inner.first - start] = (sums[inner.first - start] ?? 0) + weight
    sums[end] = (sums[end] ?? 0) - weight
  }
  let weight = 0
  let sum = 0
  for (let i = 0; i <= length; i++) {
    weight += sums[i] ?? 0
    sums[i] = sum
    sum += weight
  }
  return { start, sums }
}

function mirroredBand (n: number, j: number): SummedBand {
  const { start, sums } = nativeBand(n, filteredSide - 1 - j)
  const all = sums[sums.length - 1] ?? 0
  return { start: n - start - (sums.length - 1), sums: sums.map((_, i) => all - (sums[sums.length - 1 - i] ?? 0)) }
}

/** The weight of everything before a place between native samples, fractions allowed; every sample is even in itself. */
function weightBefore ({ start, sums }: SummedBand, place: number): number {
  const offset = Math.max(0, Math.min(sums.length - 1, place - start))
  const whole = Math.floor(offset)
  const sum = sums[whole] ?? 0
  return offset === whole ? sum : sum + (offset - whole) * ((sums[whole + 1] ?? 0) - sum)
}

/** Gives each raster sample the weight of the stretch of native samples that it covers. */
function projectedBand (band: SummedBand, view: AxisView): Band {
  const scale = view.span / view.native
  const from = view.from + band.start * scale
  const start = clampIndex(Math.floor(from), view.rasterLength)
  const end = clampIndex(Math.ceil(from + (band.sums.length - 1) * scale) - 1, view.rasterLength)
  const weights = new Float64Array(end - start + 1)
  let before = 0
  for (let x = start; x <= end; x++) {
    // What lies outside the raster is taken from its edge.
    const after = x === end ? weightBefore(band, Infinity) : weightBefore(band, (x + 1 - view.from) / scale)
    weights[x - start] = after - before
    before = after
  }
  return { start, weights }
}

function clampIndex (index: number, length: number): number {
  return Math.max(0, Math.min(length - 1, index))
}
