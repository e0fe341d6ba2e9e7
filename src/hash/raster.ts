/** Upright 8-bit pixels, interleaved, row by row: `data.length === width * height * channels`. */
export interface Raster {
  data: Uint8Array
  width: number
  height: number
  channels: 1 | 3
}

/** A rectangle in pixels, left and top included. */
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
