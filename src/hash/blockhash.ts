import { bmvbhash } from 'blockhash-core'
import { KeersluisError } from '../errors.js'
import { hexToBytes } from './bits.js'
import { assertRaster, wholeBox, type Box, type Raster } from './raster.js'
import { resizeRaster } from './resize.js'

/** Blockhash of one picture, 16 x 16 blocks. */
export interface Blockhash {
  /** 32 bytes in the order of the hash text. */
  hash: Uint8Array
  /** 0 to 256: how many bits would survive small changes of brightness. Flat pictures have few. */
  stableBits: number
}

/** Blockhash is taken from a raster of this side: below it, the hash drifts from that of full resolution (measured). */
export const blockhashSide = 256

const blocksPerSide = 16
const blockSide = blockhashSide / blocksPerSide
const bandCount = 4
const blocksPerBand = blocksPerSide * blocksPerSide / bandCount

/** A block is stable when it is at least one percent of full scale away from the median that decides its bit. */
const stableStep = 0.01 * blockSide * blockSide * 3 * 255

/**
 * The 256-bit blockhash (method of B. Yang, F. Gu and X. Niu, "Block mean value based image perceptual hashing", 2006).
 * @param raster the upright picture; any size but 256 x 256 is resized to that first.
 * @param box the part of the raster to hash, fractions of pixels allowed.
 * @throws KeersluisError `internal` when the raster or the box is malformed.
 */
export function blockhash (raster: Raster, box: Box = wholeBox(raster)): Blockhash {
  assertRaster(raster)
  const square = isSquare(raster) && isWhole(box, raster)
    ? raster
    : resizeRaster(raster, { width: blockhashSide, height: blockhashSide }, box)
  const sums = new Float64Array(blocksPerSide * blocksPerSide)
  const data = toRgba(square, sums)
  const hash = hexToBytes(bmvbhash({ data, width: blockhashSide, height: blockhashSide }, blocksPerSide))
  if (hash === undefined) throw new KeersluisError('internal', 'blockhash-core answered no hash.')
  return { hash, stableBits: countStable(sums) }
}

function isSquare (raster: Raster): boolean {
  return raster.width === blockhashSide && raster.height === blockhashSide
}

function isWhole (box: Box, raster: Raster): boolean {
  return box.left === 0 && box.top === 0 && box.width === raster.width && box.height === raster.height
}

/** Opaque RGBA, as blockhash-core wants it; adds up the blocks on the way. */
function toRgba (raster: Raster, sums: Float64Array): Uint8Array {
  const { data, channels } = raster
  const rgba = new Uint8Array(blockhashSide * blockhashSide * 4)
  const green = channels === 3 ? 1 : 0
  const blue = channels === 3 ? 2 : 0
  let from = 0
  let to = 0
  for (let y = 0; y < blockhashSide; y++) {
    const blockRow = Math.floor(y / blockSide) * blocksPerSide
    for (let block = blockRow; block < blockRow + blocksPerSide; block++) {
      let sum = 0
      for (let x = 0; x < blockSide; x++, from += channels, to += 4) {
        const r = data[from] ?? 0
        const g = data[from + green] ?? 0
        const b = data[from + blue] ?? 0
        sum += r + g + b
        rgba[to] = r
        rgba[to + 1] = g
        rgba[to + 2] = b
        rgba[to + 3] = 255
      }
      sums[block] = (sums[block] ?? 0) + sum
    }
  }
  return rgba
}

/** blockhash thresholds each quarter of the rows, a band, at the band's median. */
function countStable (sums: Float64Array): number {
  let stable = 0
  for (let band = 0; band < bandCount; band++) {
    const blocks = sums.subarray(band * blocksPerBand, (band + 1) * blocksPerBand)
    const sorted = Float64Array.from(blocks).sort()
    const median = ((sorted[blocksPerBand / 2 - 1] ?? 0) + (sorted[blocksPerBand / 2] ?? 0)) / 2
    for (const sum of blocks) if (Math.abs(sum - median) >= stableStep) stable++
  }
  return stable
}
