import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp, { type Sharp } from 'sharp'
import { randomWords } from '../index/data.js'

export interface Picture {
  name: string
  path: string
  bytes: Buffer<ArrayBuffer>
  megapixels: number
}

/** What one in a row of `kinds` is. The shares are those of a site where people post photos: many small ones, some from phones. */
interface Kind {
  name: string
  /** Of twenty uploads. */
  share: number
  width: number
  height: number
  format: 'jpeg' | 'progressive' | 'png' | 'webp'
}

const kinds: readonly Kind[] = [
  { name: 'avatar', share: 4, width: 400, height: 400, format: 'jpeg' },
  { name: 'web', share: 6, width: 1_280, height: 960, format: 'jpeg' },
  { name: 'web, progressive', share: 2, width: 1_600, height: 1_200, format: 'progressive' },
  { name: 'messenger', share: 3, width: 2_048, height: 1_536, format: 'jpeg' },
  { name: 'screenshot', share: 1, width: 1_080, height: 1_920, format: 'png' },
  { name: 'web, WebP', share: 1, width: 1_280, height: 960, format: 'webp' },
  { name: 'phone', share: 3, width: 4_000, height: 3_000, format: 'jpeg' }
]

/** One line for the report. */
export const mixWords = `of 20 uploads ${kinds.map(({ name, share, width, height }) => `${share} ${name} ${width}x${height}`).join(', ')}`

const masterWidth = 4_000
const masterHeight = 3_000
const sketchWidth = 1_000
const sketchHeight = 750
/** Cells of each octave over the longer side, and its weight: from large shapes to texture. Grain comes on top, as a sensor's. */
const octaves = [[4, 0.6], [11, 0.36], [37, 0.24], [130, 0.15], [500, 0.1]] as const
const grainLevels = 12

type Random = () => number

/** Smooth noise at all scales: as a JPEG it has as many bytes as a photo, and its PDQ has full quality. */
async function drawMaster (random: Random): Promise<Uint8ClampedArray> {
  const sum = new Float32Array(sketchWidth * sketchHeight * 3).fill(128)
  for (const [width, weight] of octaves) {
    const height = Math.round(width * sketchHeight / sketchWidth)
    const cells = Uint8Array.from({ length: width * height * 3 }, () => random() & 255)
    const grown = await sharp(cells, { raw: { width, height, channels: 3 } }).resize(sketchWidth, sketchHeight, { fit: 'fill', kernel: 'cubic' }).raw().toBuffer()
    for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] ?? 0) + ((grown[i] ?? 0) - 128) * weight
  }
  const sketch = Uint8ClampedArray.from(sum)
  const grown = await sharp(sketch, { raw: { width: sketchWidth, height: sketchHeight, channels: 3 } }).resize(masterWidth, masterHeight, { fit: 'fill' }).raw().toBuffer()
  const grain = Int8Array.from({ length: 2 ** 16 }, () => random() % (2 * grainLevels + 1) - grainLevels)
  const master = new Uint8ClampedArray(grown.length)
  for (let i = 0; i < master.length; i++) master[i] = (grown[i] ?? 0) + (grain[i & 0xffff] ?? 0)
  return master
}

async function encode (picture: Sharp, format: Kind['format']): Promise<Buffer<ArrayBuffer>> {
  if (format === 'png') return await picture.blur(4).png({ compressionLevel: 3 }).toBuffer()
  if (format === 'webp') return await picture.webp({ quality: 78 }).toBuffer()
  return await picture.jpeg({ quality: 82, progressive: format === 'progressive' }).toBuffer()
}

/** Draws pictures that are all unlike each other, the same ones for the same seed. */
export class PictureMaker {
  readonly #folder: string
  readonly #random: Random
  #masters: Uint8ClampedArray[] = []

  constructor (folder: string, seed: number) {
    this.#folder = folder
    this.#random = randomWords(seed)
  }

  async open (masters: number): Promise<void> {
    await mkdir(this.#folder, { recursive: true })
    for (let i = 0; i < masters; i++) this.#masters.push(await drawMaster(this.#random))
  }

  /** The mix in an order in which every twenty uploads have the same shares, so that no stretch of a run is cheaper than another. */
  async mix (blocks: number): Promise<Picture[]> {
    const pictures: Picture[] = []
    for (let block = 0; block < blocks; block++) {
      const order = this.#shuffled(kinds.flatMap(kind => Array<Kind>(kind.share).fill(kind)))
      for (let at = 0; at < order.length; at += 4) {
        pictures.push(...await Promise.all(order.slice(at, at + 4).map(async (kind, i) =>
          await this.draw(`mix-${block}-${at + i}`, kind.width, kind.height, kind.format))))
      }
    }
    return pictures
  }

  async draw (name: string, width: number, height: number, format: Kind['format']): Promise<Picture> {
    const master = this.#masters[this.#random() % this.#masters.length] ?? new Uint8ClampedArray()
    // A part of the master, at least half its side, in colours of its own.
    const part = 0.5 + this.#random() / 2 ** 33
    const size = { width: Math.floor(masterWidth * part), height: Math.floor(masterHeight * part) }
    const left = this.#random() % (masterWidth - size.width + 1)
    const top = this.#random() % (masterHeight - size.height + 1)
    const gains = [0, 1, 2].map(() => 0.7 + 0.5 * this.#random() / 2 ** 32)
    const cut = sharp(master, { raw: { width: masterWidth, height: masterHeight, channels: 3 } })
      .extract({ left, top, ...size }).resize(width, height, { fit: 'fill' }).linear(gains, [0, 0, 0])
    const bytes = await encode(cut, format)
    const path = join(this.#folder, name)
    await writeFile(path, bytes)
    return { name, path, bytes, megapixels: width * height / 1e6 }
  }

  #shuffled<T> (values: T[]): T[] {
    for (let i = values.length - 1; i > 0; i--) {
      const j = this.#random() % (i + 1)
      const [a, b] = [values[i], values[j]]
      if (a !== undefined && b !== undefined) [values[i], values[j]] = [b, a]
    }
    return values
  }
}

/** The same picture as a site would save it again. */
export async function savedAgain (picture: Picture): Promise<Buffer<ArrayBuffer>> {
  return await sharp(picture.bytes).jpeg({ quality: 60 }).toBuffer()
}
