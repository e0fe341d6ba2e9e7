import { assertInside, assertRaster, assertSize, wholeBox, type Box, type Raster, type Size } from './raster.js'

/** For each target sample: where its source samples start and the share of each; a row of `taps` per target sample. */
interface Shares {
  starts: Int32Array
  taps: number
  weights: Float64Array
}

/**
 * The raster, or a part of it, at another size. Each pixel is the mean of the area that it covers, also when
 * enlarging, so block means of the result are block means of the source.
 * @param box the part to show, fractions of pixels allowed.
 * @throws KeersluisError `internal` when the raster, the size or the box is malformed.
 */
export function resizeRaster (raster: Raster, size: Size, box: Box = wholeBox(raster)): Raster {
  assertRaster(raster)
  assertInside(box, raster)
  assertSize(size)
  const across = areaShares(box.left, box.width, size.width, raster.width)
  const down = areaShares(box.top, box.height, size.height, raster.height)
  const rowLength = size.width * raster.channels
  const data = new Uint8Array(rowLength * size.height)
  const total = new Float64Array(rowLength)
  const row = new Float64Array(rowLength)
  let rowAt = -1
  for (let y = 0; y < size.height; y++) {
    total.fill(0)
    const start = down.starts[y] ?? 0
    for (let tap = 0; tap < down.taps; tap++) {
      const weight = down.weights[y * down.taps + tap] ?? 0
      if (weight === 0) continue
      // Neighbouring target rows share a source row.
      if (rowAt !== start + tap) readRow(raster, rowAt = start + tap, across, row)
      for (let x = 0; x < rowLength; x++) total[x] = (total[x] ?? 0) + weight * (row[x] ?? 0)
    }
    for (let x = 0; x < rowLength; x++) data[y * rowLength + x] = (total[x] ?? 0) + 0.5
  }
  return { data, width: size.width, height: size.height, channels: raster.channels }
}

/** One source row in target width. */
function readRow (raster: Raster, y: number, across: Shares, row: Float64Array): void {
  const { data, width, channels } = raster
  const { starts, taps, weights } = across
  // A grey sample is read three times and written once: cheaper than a loop over channels for every colour pixel.
  const green = channels === 3 ? 1 : 0
  const blue = channels === 3 ? 2 : 0
  let weightAt = 0
  for (let x = 0; x < starts.length; x++) {
    let at = (y * width + (starts[x] ?? 0)) * channels
    let red = 0
    let greens = 0
    let blues = 0
    for (let tap = 0; tap < taps; tap++, at += channels) {
      const weight = weights[weightAt++] ?? 0
      red += weight * (data[at] ?? 0)
      greens += weight * (data[at + green] ?? 0)
      blues += weight * (data[at + blue] ?? 0)
    }
    const to = x * channels
    row[to + blue] = blues
    row[to + green] = greens
    row[to] = red
  }
}

/** Cuts `span` source samples from `from` on into `count` equal parts. */
function areaShares (from: number, span: number, count: number, sourceLength: number): Shares {
  const scale = span / count
  const taps = Math.min(sourceLength, Number.isInteger(from) && Number.isInteger(scale) ? scale : Math.ceil(scale) + 1)
  const starts = new Int32Array(count)
  const weights = new Float64Array(count * taps)
  for (let i = 0; i < count; i++) {
    const left = from + i * scale
    const right = from + (i + 1) * scale
    const start = Math.min(Math.floor(left), sourceLength - taps)
    starts[i] = start
    for (let tap = 0; tap < taps; tap++) {
      const shared = Math.min(right, start + tap + 1) - Math.max(left, start + tap)
      weights[i * taps + tap] = Math.max(0, shared) / scale
    }
  }
  return { starts, taps, weights }
}
