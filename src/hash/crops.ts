import type { Box, Size } from './raster.js'

/** Shares of the picture's width and height that a crop removes on each side. */
export interface Crop {
  left: number
  top: number
  right: number
  bottom: number
}

/** The parts of a known picture that are hashed as well, so that a cropped upload is near one of them. */
export const crops: readonly Crop[] = [0.025, 0.05, 0.075, 0.1].flatMap(removed => {
  const near = removed * 0.3
  const far = removed * 0.7
  return [
    { left: near, top: near, right: far, bottom: far },
    { left: far, top: near, right: near, bottom: far },
    { left: near, top: far, right: far, bottom: near },
    { left: far, top: far, right: near, bottom: near }
  ]
})

/** The part of `box` that a crop keeps, in fractions of pixels. */
export function cropBox (box: Box, crop: Crop): Box {
  return {
    left: box.left + crop.left * box.width,
    top: box.top + crop.top * box.height,
    width: box.width * (1 - crop.left - crop.right),
    height: box.height * (1 - crop.top - crop.bottom)
  }
}

/** The size in native pixels of the part of the picture that `box` shows in a raster of `raster` pixels. */
export function nativeSizeOf (box: Box, raster: Size, native: Size): Size {
  return {
    width: Math.max(1, Math.round(box.width * native.width / raster.width)),
    height: Math.max(1, Math.round(box.height * native.height / raster.height))
  }
}
