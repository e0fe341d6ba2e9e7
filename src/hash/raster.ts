import { KeersluisError } from '../errors.js'

/** Upright 8-bit pixels, interleaved, row by row: `data.length === width * height * channels`. */
export interface Raster {
  data: Uint8Array
  width: number
  height: number
  channels: 1 | 3
}

/** A rectangle in pixels, left and top included. Sides may be fractions of pixels where a function says so. */
export interface Box {
  left: number
  top: number
  width: number
  height: number
}

export interface Size {
  width: number
  height: number
}

/** All of a raster. */
export function wholeBox ({ width, height }: Size): Box {
  return { left: 0, top: 0, width, height }
}

/** @throws KeersluisError `internal` when the sides are not whole and positive or the data does not fit them. */
export function assertRaster (raster: Raster): void {
  const { data, width, height, channels } = raster
  assertSize(raster)
  if (data.length !== width * height * channels) {
    throw new KeersluisError('internal', 'A raster does not have the size that it claims.')
  }
}

/** @throws KeersluisError `internal` when a side is not a whole positive number. */
export function assertSize ({ width, height }: Size): void {
  if (!(Number.isSafeInteger(width) && Number.isSafeInteger(height) && width > 0 && height > 0)) {
    throw new KeersluisError('internal', 'A side of a picture is not a whole positive number.')
  }
}

/** Fractions of pixels do not add up exactly. */
const roundingError = 1e-6

/**
 * @param outside how far the box may reach beyond each side, in pixels
 * @throws KeersluisError `internal` when the box is empty or reaches farther outside the raster.
 */
export function assertInside (box: Box, raster: Raster, outside = roundingError): void {
  const inside = box.left >= -outside && box.top >= -outside && box.width > 0 && box.height > 0 &&
    box.left + box.width <= raster.width + outside && box.top + box.height <= raster.height + outside
  if (!inside) throw new KeersluisError('internal', 'A box reaches outside its raster.')
}
