import type { Raster, Size } from './raster.js'

/** The picture on a larger canvas of one colour, with a little noise on the canvas. */
export function framed (picture: Raster, canvas: Size, at: { left: number, top: number }, colour: readonly number[], noise = 0): Raster {
  const { channels } = picture
  const data = new Uint8Array(canvas.width * canvas.height * channels)
  data.forEach((_, i) => {
    data[i] = Math.max(0, Math.min(255, (colour[i % channels] ?? 0) + i * 7919 % (2 * noise + 1) - noise))
  })
  for (let y = 0; y < picture.height; y++) {
    const row = picture.data.subarray(y * picture.width * channels, (y + 1) * picture.width * channels)
    data.set(row, ((at.top + y) * canvas.width + at.left) * channels)
  }
  return { data, ...canvas, channels }
}
