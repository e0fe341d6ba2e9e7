import type { Raster } from './raster.js'

/**
 * A picture of overlapping discs and bricks of all sizes on a slope of light: edges at every scale, as in photos.
 * Integers and one division only, so it is the same on every machine.
 * @param seed another seed, another picture; the size only changes how finely it is drawn.
 */
export function generatedPicture (width: number, height: number, seed = 1, channels: 1 | 3 = 3): Raster {
  const data = new Uint8Array(width * height * channels)
  const raster: Raster = { data, width, height, channels }
  for (let y = 0; y < height; y++) {
    const row = data.subarray(y * width * channels, (y + 1) * width * channels)
    row.forEach((_, i) => { row[i] = 90 + Math.floor(60 * i / row.length) + Math.floor(40 * y / height) })
  }
  const random = randomNumbers(seed)
  for (let k = 1; k <= 90; k++) paint(raster, { x: random(), y: random(), radius: 0.03 + 0.35 / k, brick: random() < 0.4 }, random)
  return raster
}

interface Shape {
  x: number
  y: number
  radius: number
  brick: boolean
}

function paint ({ data, width, height, channels }: Raster, shape: Shape, random: () => number): void {
  const light = Math.floor(random() * 200)
  const colour = [0, 1, 2].map(() => light + Math.floor(random() * 55))
  const bottom = Math.min(height, Math.ceil((shape.y + shape.radius) * height))
  const right = Math.min(width, Math.ceil((shape.x + shape.radius) * width))
  for (let y = Math.max(0, Math.floor((shape.y - shape.radius) * height)); y < bottom; y++) {
    const down = ((y + 0.5) / height - shape.y) / shape.radius
    for (let x = Math.max(0, Math.floor((shape.x - shape.radius) * width)); x < right; x++) {
      const across = ((x + 0.5) / width - shape.x) / shape.radius
      const covered = shape.brick ? Math.max(across * across, down * down * 2) < 0.8 : across * across + down * down < 1
      if (!covered) continue
      for (let channel = 0; channel < channels; channel++) data[(y * width + x) * channels + channel] = colour[channel] ?? 0
    }
  }
}

/** Numbers from 0 up to 1 by a linear congruential generator (constants of Numerical Recipes). */
function randomNumbers (seed: number): () => number {
  let state = Math.imul(seed, 2654435761) >>> 0
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 0x100000000
  }
}
