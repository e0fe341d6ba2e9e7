import { assertInside, assertRaster, wholeBox, type Box, type Raster } from './raster.js'

/** Blockhash of one picture, 16 x 16 blocks. */
export interface Blockhash {
  /** 32 bytes in the order of the hash text. */
  hash: Uint8Array
  /** 0 to 256: how many bits would survive small changes of brightness. Flat pictures have few. */
  stableBits: number
}

const blocksPerSide = 16
const blockCount = blocksPerSide * blocksPerSide
/** Each quarter of the rows, a band, is thresholded at its own median. */
const blocksPerBand = blockCount / 4
/** Red, green and blue of a white pixel. */
const whiteSum = 3 * 255
/** A block is stable when it is at least one percent of full scale away from the median that decides its bit. */
const stableShare = 0.01
/** Sums of shares of pixels carry rounding errors; sums of whole pixels differ by at least a half from a median. */
const roundingError = 1e-3

/**
 * The 256-bit blockhash (method of B. Yang, F. Gu and X. Niu, "Block mean value based image perceptual hashing", 2006),
 * bit for bit that of the package blockhash-core, which the tests hold it to.
 * @param raster the upright picture. Of pictures with both sides over 256 pixels a raster of 256 x 256 says the same.
 * @param box the part of the raster to hash, fractions of pixels allowed. It may reach beyond the raster by a pixel, where the
 *   raster lacks the outermost pixels: its edge is then continued.
 * @throws KeersluisError `internal` when the raster or the box is malformed.
 */
export function blockhash (raster: Raster, box: Box = wholeBox(raster)): Blockhash {
  assertRaster(raster)
  assertInside(box, raster, 1)
  const sums = blockSums(raster, box)
  const pixelsPerBlock = box.width * box.height / blockCount
  const whiteBlock = pixelsPerBlock * whiteSum
  const hash = new Uint8Array(blockCount / 8)
  let stableBits = 0
  for (let first = 0; first < blockCount; first += blocksPerBand) {
    const median = medianOf(sums.subarray(first, first + blocksPerBand))
    for (let k = first; k < first + blocksPerBand; k++) {
      const step = (sums[k] ?? 0) - median
      if (isBrighter(step, median, whiteBlock)) hash[k >> 3] = (hash[k >> 3] ?? 0) | 0x80 >> (k & 7)
      if (Math.abs(step) >= stableShare * whiteBlock) stableBits++
    }
  }
  return { hash, stableBits }
}

/** Where many blocks equal their median, as in a picture of black or white, it depends on which half of the scale that lies in. */
function isBrighter (step: number, median: number, whiteBlock: number): boolean {
  return step > roundingError || (Math.abs(step) < 1 && median > whiteBlock / whiteSum * 384)
}

function medianOf (values: Float64Array): number {
  const sorted = Float64Array.from(values).sort()
  return ((sorted[sorted.length / 2 - 1] ?? 0) + (sorted[sorted.length / 2] ?? 0)) / 2
}

/** Where a block lies along one axis: its whole samples, and the shares of the samples that it cuts. */
interface Stretch {
  /** The first whole sample, and the one after the last; `end` is smaller where the block lies inside one sample. */
  start: number
  end: number
  /** Shares of the samples before `start` and at `end`. */
  before: number
  after: number
}

function stretchesOf (from: number, span: number): Stretch[] {
  return Array.from({ length: blocksPerSide }, (_, block) => {
    const left = from + block * span / blocksPerSide
    const right = from + (block + 1) * span / blocksPerSide
    const start = Math.ceil(left)
    const end = Math.floor(right)
    return start > end ? { start, end, before: right - left, after: 0 } : { start, end, before: start - left, after: right - end }
  })
}

/** Sums of red, green and blue of the pixels of each block, row by row of blocks. */
function blockSums (raster: Raster, box: Box): Float64Array {
  const across = stretchesOf(box.left, box.width)
  const sums = new Float64Array(blockCount)
  const row = new Float64Array(blocksPerSide)
  let rowAt = -1
  const addRow = (y: number, share: number, block: number): void => {
    if (share === 0) return
    // A row that is cut between blocks is read once.
    if (rowAt !== y) readRow(raster, rowAt = y, across, row)
    for (let j = 0; j < blocksPerSide; j++) sums[block * blocksPerSide + j] = (sums[block * blocksPerSide + j] ?? 0) + share * (row[j] ?? 0)
  }
  stretchesOf(box.top, box.height).forEach(({ start, end, before, after }, block) => {
    addRow(Math.max(0, start - 1), before, block)
    for (let y = start; y < end; y++) addRow(y, 1, block)
    addRow(Math.min(raster.height - 1, end), after, block)
  })
  return sums
}

function readRow ({ data, width, channels }: Raster, y: number, across: readonly Stretch[], row: Float64Array): void {
  const rowStart = y * width * channels
  // A grey sample is read three times: cheaper than a loop over channels for every colour pixel.
  const green = channels === 3 ? 1 : 0
  const blue = channels === 3 ? 2 : 0
  const pixelAt = (at: number): number => (data[at] ?? 0) + (data[at + green] ?? 0) + (data[at + blue] ?? 0)
  for (let j = 0; j < blocksPerSide; j++) {
    const { start = 0, end = 0, before = 0, after = 0 } = across[j] ?? {}
    const last = rowStart + end * channels
    let sum = 0
    for (let at = rowStart + start * channels; at < last; at += channels) {
      sum += (data[at] ?? 0) + (data[at + green] ?? 0) + (data[at + blue] ?? 0)
    }
    row[j] = sum + (before > 0 ? before * pixelAt(rowStart + Math.max(0, start - 1) * channels) : 0) +
      (after > 0 ? after * pixelAt(rowStart + Math.min(width - 1, end) * channels) : 0)
  }
}
