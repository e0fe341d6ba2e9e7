import type { Box, Size } from './raster.js'

/** Shares of the picture's width and height that a crop removes on each side. */
export interface Crop {
  left: number
  top: number
  right: number
  bottom: number
}

/** What a crop removes along one axis: before and after what it keeps. */
interface Cut {
  before: number
  after: number
}

function even (removed: number): Cut {
  return { before: removed, after: removed }
}

function uneven (before: number, after: number): Cut {
  return { before, after }
}

/** The crop and its mirror images, on both axes either way round; without doubles. */
function mirrored (one: Cut, other: Cut): Crop[] {
  const distinct = new Map<string, Crop>()
  for (const [across, down] of [[one, other], [other, one]] as const) {
    for (const [left, right] of [[across.before, across.after], [across.after, across.before]] as const) {
      for (const [top, bottom] of [[down.before, down.after], [down.after, down.before]] as const) {
        distinct.set([left, top, right, bottom].join(' '), { left, top, right, bottom })
      }
    }
  }
  return [...distinct.values()]
}

/**
 * The 16 parts of a known picture that are hashed as well, so that a cropped upload is near one of them.
 * The shares were found by greedy search for the mirror-symmetric set that catches most random crops of up to 6 % and
 * 10 % per axis at any place and of up to 6 % on each side (PDQ within 31 bits, photos and generated pictures).
 */
export const crops: readonly Crop[] = [
  ...mirrored(even(0.015), even(0.015)),
  ...mirrored(even(0.045), even(0.045)),
  ...mirrored(even(0.01), even(0.04)),
  ...mirrored(uneven(0.01, 0.035), even(0.015)),
  ...mirrored(uneven(0.01, 0.06), even(0.015)),
  ...mirrored(uneven(0.01, 0.045), uneven(0.01, 0.045))
]

/** The part of `box` that a crop keeps, in fractions of pixels. */
export function cropBox (box: Box, crop: Crop): Box {
  return {
    left: box.left + crop.left * box.width,
    top: box.top + crop.top * box.height,
    width: box.width * (1 - crop.left - crop.right),
    height: box.height * (1 - crop.top - crop.bottom)
  }
}

/** The 16 parts of `box` to hash for a list, in the order of `crops`, in fractions of pixels. */
export function listCrops (box: Box): Box[] {
  return crops.map(crop => cropBox(box, crop))
}

/** As much of the height goes as most logos, time stamps and lines of text take. */
const edgeShare = 0.25

/**
 * The two parts of `box` without its upper and its lower quarter, in fractions of pixels. Known material and uploads are
 * both hashed so: what is drawn over a corner or along an edge is then in none of the two hashes that lack it. Parts
 * without the left and the right would catch more of large logos, at the price of two more hashes and searches for every upload.
 */
export function withoutEdge (box: Box): Array<{ name: string, box: Box }> {
  return [
    { name: 'withoutTop', box: cropBox(box, { left: 0, top: edgeShare, right: 0, bottom: 0 }) },
    { name: 'withoutBottom', box: cropBox(box, { left: 0, top: 0, right: 0, bottom: edgeShare }) }
  ]
}

/** Whether a variant is one of these parts. */
export function lacksEdge (variant: string | undefined): boolean {
  return variant?.startsWith('without') === true
}

/** The size in native pixels of the part of the picture that `box` shows in a raster of `raster` pixels. */
export function nativeSizeOf (box: Box, raster: Size, native: Size): Size {
  return {
    width: Math.max(1, Math.round(box.width * native.width / raster.width)),
    height: Math.max(1, Math.round(box.height * native.height / raster.height))
  }
}
