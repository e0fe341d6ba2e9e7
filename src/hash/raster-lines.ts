import type { Box, Raster } from './raster.js'

export type Side = 'top' | 'bottom' | 'left' | 'right'
export const sides: readonly Side[] = ['top', 'bottom', 'left', 'right']

/** How many lines a box has from this side to the opposite one. */
export function linesFrom (side: Side, box: Box): number {
  return side === 'top' || side === 'bottom' ? box.height : box.width
}

/** The samples of the line at `distance` from a side of a box of whole pixels, channels interleaved. */
export function readLine (raster: Raster, box: Box, side: Side, distance: number): Uint8Array {
  const { data, width, channels } = raster
  if (side === 'top' || side === 'bottom') {
    const y = side === 'top' ? box.top + distance : box.top + box.height - 1 - distance
    const start = (y * width + box.left) * channels
    return data.subarray(start, start + box.width * channels)
  }
  const x = side === 'left' ? box.left + distance : box.left + box.width - 1 - distance
  const line = new Uint8Array(box.height * channels)
  for (let y = 0; y < box.height; y++) {
    const at = ((box.top + y) * width + x) * channels
    for (let channel = 0; channel < channels; channel++) line[y * channels + channel] = data[at + channel] ?? 0
  }
  return line
}

/** The mean of each channel. */
export function meanColour (line: Uint8Array, channels: number): Float64Array {
  const colour = new Float64Array(channels)
  for (let i = 0; i < line.length; i++) {
    const channel = i % channels
    colour[channel] = (colour[channel] ?? 0) + (line[i] ?? 0) * channels / line.length
  }
  return colour
}

/** What is left of a box of whole pixels without so many lines of a side. */
export function peel (box: Box, side: Side, lines: number): Box {
  switch (side) {
    case 'top': return { ...box, top: box.top + lines, height: box.height - lines }
    case 'bottom': return { ...box, height: box.height - lines }
    case 'left': return { ...box, left: box.left + lines, width: box.width - lines }
    case 'right': return { ...box, width: box.width - lines }
  }
}

/** What is left of a picture must keep this share of each side (a phone video in a cinema frame keeps 0.24) ... */
const keptShareMin = 0.2
/** ... and this many raster lines, below which a hash of the rest says little. */
const keptLinesMin = 16

/** Whether a part keeps enough of its raster to be hashed by itself. */
export function keepsEnough (part: Box, raster: Raster): boolean {
  return Math.min(part.width, part.height) >= keptLinesMin &&
    part.width >= keptShareMin * raster.width && part.height >= keptShareMin * raster.height
}
