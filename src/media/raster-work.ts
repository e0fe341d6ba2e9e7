import type { Box, Raster, Size } from '../hash/raster.js'

/** Sides of a raster that are longer in the picture are shrunk to this. */
export const rasterSideMax = 256
/** An image with no longer side is delivered at its own size: PDQ is defined on that, and it costs no more. */
export const ownSideMax = 512

/** Each axis for itself: stretching a narrow one would move its samples against PDQ's (up to 22 bits, measured). */
export function rasterSizeOf ({ width, height }: Size): Size {
  return { width: Math.min(rasterSideMax, width), height: Math.min(rasterSideMax, height) }
}

/** The raster that a decoder is asked for, and what it will show. */
export interface RasterPlan {
  raster: Size
  /** Where the whole picture lies, in pixels of the raster: beyond it by less than one where the decoder leaves out the last pixels. Unset where the raster shows all. */
  extent?: Box
}

/** Shrinks that libjpeg does while it decodes, for a part of the cost, the strongest first. */
const shrinksOnLoad = [8, 4, 2]
/** Three lines for each of PDQ's 64. */
const jpegRasterSideMin = 192

/**
 * The plan for a JPEG of some size, as stored, after what sharp and libvips do.
 * sharp takes the strongest shrink on load that leaves both sides at least as long as the raster's, but where it fits less than
 * one more time (2 to 3, 4 to 5, 8 to 9), the next weaker one: four times the pixels. A somewhat smaller raster leaves it no doubt.
 * libvips then leaves out what does not fill a pixel: up to seven columns and rows. Taken for all of the picture, the raster was
 * up to 6 bits of PDQ from full resolution (measured on photos); with its true extent it is at most 2, rarely 4.
 */
export function jpegRasterPlanOf (size: Size): RasterPlan {
  const raster = fittedRaster(size)
  const times = Math.floor(Math.min(size.width / raster.width, size.height / raster.height))
  const weaker = shrinksOnLoad.includes(times) ? times / 2 : times
  const shrink = shrinksOnLoad.find(one => one <= weaker) ?? 1
  const extentOf = (side: number, lines: number): number => lines * side / (side - side % shrink)
  if (size.width % shrink === 0 && size.height % shrink === 0) return { raster }
  return { raster, extent: { left: 0, top: 0, width: extentOf(size.width, raster.width), height: extentOf(size.height, raster.height) } }
}

function fittedRaster (size: Size): Size {
  const plain = rasterSizeOf(size)
  const shrink = Math.floor(Math.min(size.width / plain.width, size.height / plain.height))
  if (!shrinksOnLoad.includes(shrink)) return plain
  const fitted = (side: number, lines: number): number => Math.min(lines, Math.floor(side / (shrink + 1)))
  const raster = { width: fitted(size.width, plain.width), height: fitted(size.height, plain.height) }
  return Math.min(raster.width, raster.height) < jpegRasterSideMin ? plain : raster
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

/** What an Exif orientation does to stored pixels (CIPA DC-008, 4.6.5): exchanges the axes, then mirrors. */
function movesOf (orientation: number): { swaps: boolean, mirrorX: boolean, mirrorY: boolean } {
  return { swaps: orientation >= 5 && orientation <= 8, mirrorX: [2, 3, 7, 8].includes(orientation), mirrorY: [3, 4, 6, 7].includes(orientation) }
}

/** Where a box of stored pixels lies once they are upright. */
export function turnBoxUpright ({ left, top, width, height }: Box, stored: Size, orientation: number): Box {
  const { swaps, mirrorX, mirrorY } = movesOf(orientation)
  const x = mirrorX ? stored.width - left - width : left
  const y = mirrorY ? stored.height - top - height : top
  return swaps ? { left: y, top: x, width: height, height: width } : { left: x, top: y, width, height }
}

/**
 * Turns pixels as they are stored into upright ones.
 * @param orientation 1 to 8 as in the Exif tag Orientation (CIPA DC-008, 4.6.5): where row 0 and column 0 of the
 *   stored pixels belong; anything else leaves them as they are
 */
export function turnUpright<Pixels extends RawPixels> (pixels: Pixels, orientation: number): Pixels {
  if (!(orientation >= 2 && orientation <= 8)) return pixels
  const { data, width, height, channels } = pixels
  const { swaps, mirrorX, mirrorY } = movesOf(orientation)
  const [columns, rows] = swaps ? [height, width] : [width, height]
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
