import type { Raster, Size } from '../hash/raster.js'

/** Sides of a raster that are longer in the picture are shrunk to this. */
export const rasterSideMax = 256
/** An image with no longer side is delivered at its own size: PDQ is defined on that, and it costs no more. */
export const ownSideMax = 512

/** Each axis for itself: stretching a narrow one would move its samples against PDQ's (up to 22 bits, measured). */
export function rasterSizeOf ({ width, height }: Size): Size {
  return { width: Math.min(rasterSideMax, width), height: Math.min(rasterSideMax, height) }
}

/** Pixels as a decoder gives them: interleaved, 1 to 4 channels, the second or fourth being alpha. */
export interface RawPixels {
  data: Uint8Array
  width: number
  height: number
  channels: number
}

/** Alpha at or over this is taken as opaque: no pixel changes by more than five levels between white and black. */
const opaqueAlphaMin = 250

/** Whether a background shows through. */
export function isTransparent ({ data, channels }: RawPixels): boolean {
  if (channels !== 2 && channels !== 4) return false
  for (let i = channels - 1; i < data.length; i += channels) if ((data[i] ?? 0) < opaqueAlphaMin) return true
  return false
}

/** RGB on a background of one level: 255 is white, 0 is black. Grey is repeated in all three channels. */
export function toRgb (pixels: RawPixels, background: number): Raster {
  const { data, width, height, channels } = pixels
  if (channels === 3) return { data, width, height, channels }
  const count = width * height
  const rgb = new Uint8Array(count * 3)
  const hasAlpha = channels === 2 || channels === 4
  const step = channels > 2 ? 1 : 0
  for (let i = 0, from = 0, to = 0; i < count; i++, from += channels, to += 3) {
    const alpha = hasAlpha ? data[from + channels - 1] ?? 255 : 255
    const under = background * (255 - alpha)
    for (let c = 0; c < 3; c++) rgb[to + c] = ((data[from + c * step] ?? 0) * alpha + under + 127) / 255
  }
  return { data: rgb, width, height, channels: 3 }
}

/**
 * Turns pixels as they are stored into upright ones.
 * @param orientation 1 to 8 as in the Exif tag Orientation (CIPA DC-008, 4.6.5): where row 0 and column 0 of the
 *   stored pixels belong; anything else leaves them as they are
 */
export function turnUpright<Pixels extends RawPixels> (pixels: Pixels, orientation: number): Pixels {
  if (!(orientation >= 2 && orientation <= 8)) return pixels
  const { data, width, height, channels } = pixels
  const swaps = orientation >= 5
  const [columns, rows] = swaps ? [height, width] : [width, height]
  const mirrorX = [2, 3, 7, 8].includes(orientation)
  const mirrorY = [3, 4, 6, 7].includes(orientation)
  const turned = new Uint8Array(data.length)
  let to = 0
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      const [u, v] = swaps ? [y, x] : [x, y]
      const column = mirrorX ? width - 1 - u : u
      const row = mirrorY ? height - 1 - v : v
      const from = (row * width + column) * channels
      for (let c = 0; c < channels; c++) turned[to++] = data[from + c] ?? 0
    }
  }
  return { ...pixels, data: turned, width: columns, height: rows }
}
