import type { Pixels } from './pixels.js'
import { randomFrom, type Random } from './random.js'

type Colour = [red: number, green: number, blue: number]

const tileSide = 512
const octaves = 6

/** Smooth noise, about -1 to 1, with a spectrum that falls as in photographs; it repeats beyond `tileSide`. */
function noiseTile (random: Random): Float32Array {
  const tile = new Float32Array(tileSide * tileSide)
  const smooth = (t: number): number => t * t * (3 - 2 * t)
  for (let octave = 0; octave < octaves; octave++) {
    const cells = 4 << octave
    const lattice = Float32Array.from({ length: cells * cells }, () => random() * 2 - 1)
    const value = (column: number, row: number): number => lattice[(row % cells) * cells + column % cells] ?? 0
    for (let y = 0, at = 0; y < tileSide; y++) {
      const row = Math.floor(y * cells / tileSide)
      const sy = smooth(y * cells / tileSide - row)
      for (let x = 0; x < tileSide; x++, at++) {
        const column = Math.floor(x * cells / tileSide)
        const sx = smooth(x * cells / tileSide - column)
        const upper = value(column, row) * (1 - sx) + value(column + 1, row) * sx
        const lower = value(column, row + 1) * (1 - sx) + value(column + 1, row + 1) * sx
        tile[at] = (tile[at] ?? 0) + 0.55 ** (octave + 1) * (upper * (1 - sy) + lower * sy)
      }
    }
  }
  return tile
}

/** Noise for one thing: its own place on the tile and its own scale, in tile widths per picture width. */
function texture (tile: Float32Array, random: Random, scale: number, width: number): (x: number, y: number) => number {
  const [fromX, fromY] = [random() * tileSide, random() * tileSide]
  const step = scale * tileSide / width
  return (x, y) => tile[((fromY + y * step) & (tileSide - 1)) * tileSide + ((fromX + x * step) & (tileSide - 1))] ?? 0
}

const shapesMax = 260

/** Draws pictures that a number fixes. */
export class PictureMaker {
  readonly #tile = noiseTile(randomFrom(1))

  /**
   * A picture that no camera took: a sky or wall, and things before it that hide each other, each with shade, texture and
   * its own brightness ("dead leaves", the model of G. Matheron, which shares edges and spectrum with photographs).
   */
  picture (seed: number, width: number, height: number): Pixels {
    const random = randomFrom(seed * 7919 + 17)
    const light = new Float32Array(width * height * 3)
    paintGround(light, width, height, random, this.#tile)
    const shapes = 40 + Math.floor(random() * (shapesMax - 40))
    for (let shape = 0; shape < shapes; shape++) paintShape(light, width, height, (shape + 1) / shapes, random, this.#tile)
    return develop(light, width, height, random)
  }
}

function anyColour (random: Random): Colour {
  const grey = 20 + random() * 200
  const tint = (): number => grey * (0.75 + random() * 0.5)
  return [tint(), tint(), tint()]
}

function paintGround (light: Float32Array, width: number, height: number, random: Random, tile: Float32Array): void {
  const [upper, lower] = [anyColour(random), anyColour(random)]
  const strength = 10 + random() * 45
  const clouds = texture(tile, random, 0.5 + random(), width)
  const tilt = (random() - 0.5) * 0.8
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const down = Math.min(1, Math.max(0, y / height + tilt * (x / width - 0.5)))
      const cloud = strength * clouds(x, y)
      for (let channel = 0; channel < 3; channel++) light[at++] = (upper[channel] ?? 0) * (1 - down) + (lower[channel] ?? 0) * down + cloud
    }
  }
}

/** Later shapes lie in front and are smaller: large things far away would hide everything. */
function paintShape (light: Float32Array, width: number, height: number, order: number, random: Random, tile: Float32Array): void {
  const size = 0.012 + 0.3 * (1 - order) ** 1.5 * random() ** 1.6 + 0.03 * random()
  const [centreX, centreY] = [random() * width, (0.15 + 0.85 * random()) * height]
  const angle = random() * Math.PI
  const stretch = 1 + random() * 1.8
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)]
  const radius = size * width
  const colour = anyColour(random)
  const isBrick = random() < 0.35
  const [slopeX, slopeY] = [(random() - 0.5) * 90, (random() - 0.5) * 90]
  const grain = random() * 40
  const surface = texture(tile, random, 1 + random() * 4, width)
  const reach = radius * stretch * 1.5
  const [left, right] = [Math.max(0, Math.floor(centreX - reach)), Math.min(width, Math.ceil(centreX + reach))]
  const [top, bottom] = [Math.max(0, Math.floor(centreY - reach)), Math.min(height, Math.ceil(centreY + reach))]
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      const u = ((x - centreX) * cos + (y - centreY) * sin) / (radius * stretch)
      const v = ((y - centreY) * cos - (x - centreX) * sin) / radius
      if (isBrick ? Math.max(Math.abs(u), Math.abs(v)) > 0.8 : u * u + v * v > 1) continue
      const shade = slopeX * u + slopeY * v + grain * surface(x, y)
      const at = (y * width + x) * 3
      for (let channel = 0; channel < 3; channel++) light[at + channel] = (colour[channel] ?? 0) + shade
    }
  }
}

/** Sensor noise, then 8 bits. */
function develop (light: Float32Array, width: number, height: number, random: Random): Pixels {
  const data = Buffer.alloc(light.length)
  for (let at = 0; at < data.length; at += 3) {
    const noise = (random() + random() - 1) * 6
    for (let channel = 0; channel < 3; channel++) data[at + channel] = Math.max(0, Math.min(255, (light[at + channel] ?? 0) + noise))
  }
  return { data, width, height }
}
