import { execFile } from 'node:child_process'
import { stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import sharp, { type Sharp } from 'sharp'

export const formats = ['jpeg', 'png', 'webp', 'avif', 'tiff', 'gif'] as const
export type Format = typeof formats[number]
/** HEIC is read from fixtures, and written by a program where there is one: sharp cannot. */
export type MeasuredFormat = Format | 'heic'

/** The size beyond which a format is not measured: its encoder would take longer than the bench. */
export const megapixelsMax: Readonly<Record<MeasuredFormat, number>> = { jpeg: 64, png: 64, webp: 64, avif: 64, tiff: 64, gif: 12, heic: 24 }

/** As cameras and sites write them; the fast settings of slow encoders change little for a decoder. */
const encode: Readonly<Record<Format, (pixels: Sharp) => Sharp>> = {
  jpeg: pixels => pixels.jpeg({ quality: 85 }),
  png: pixels => pixels.png({ compressionLevel: 6 }),
  webp: pixels => pixels.webp({ quality: 82, effort: 0 }),
  avif: pixels => pixels.avif({ quality: 60, effort: 0 }),
  tiff: pixels => pixels.tiff({ compression: 'lzw', predictor: 'horizontal' }),
  gif: pixels => pixels.gif({ effort: 1, dither: 0 })
}

export const formatNames: Readonly<Record<MeasuredFormat, string>> = { heic: 'HEIC', jpeg: 'JPEG', png: 'PNG', webp: 'WebP', avif: 'AVIF', tiff: 'TIFF', gif: 'GIF' }

export const encodings = 'JPEG 4:2:0 quality 85, PNG level 6, WebP quality 82, AVIF quality 60, TIFF LZW, GIF 256 colours'

/** The files of one format and size. */
export interface PictureSet {
  format: MeasuredFormat
  megapixels: number
  /** Of drawn ones, the first picture's sides divide by 16, the second's do not. */
  paths: string[]
  /** Of all files together. */
  bytes: number
}

interface Pixels {
  data: Uint8Array
  width: number
  height: number
}

/** Pixels of the coarsest layer's longer side. */
const coarsestSide = 12
/** Levels that the finest layer changes a pixel by, and how much stronger each coarser one is. */
const finestLevels = 12
const growth = 1.4
const levelsMax = 70
/** Below this layer, dark parts are smoother than bright ones, as sky and shade are in photos. */
const evenLayerMin = 4
/** Colour changes slowly in photos. */
const tintedLayerMin = 3

/**
 * A seeded picture with texture at all scales, as photos have (amplitudes falling with frequency): layer by layer from
 * coarse to fine, each twice the size of the last, enlarged, and grained.
 */
export async function texturedPicture (width: number, height: number, seed: number): Promise<Pixels> {
  const coarsest = Math.max(0, Math.ceil(Math.log2(Math.max(width, height) / coarsestSide)))
  const random = randomWords(seed)
  let pixels = layerOf(width, height, coarsest)
  for (let layer = coarsest; layer >= 0; layer--) {
    if (layer < coarsest) pixels = await enlarged(pixels, layerOf(width, height, layer))
    addGrain(pixels.data, layer, Math.min(levelsMax, finestLevels * growth ** layer), random)
  }
  return pixels
}

function layerOf (width: number, height: number, layer: number): Pixels {
  const [w, h] = [Math.ceil(width / 2 ** layer), Math.ceil(height / 2 ** layer)]
  return { data: layer === 0 ? new Uint8Array(0) : new Uint8Array(w * h * 3).fill(120), width: w, height: h }
}

async function enlarged ({ data, width, height }: Pixels, to: Pixels): Promise<Pixels> {
  const pixels = sharp(data, { raw: { width, height, channels: 3 } }).resize(to.width, to.height, { fit: 'fill', kernel: 'cubic' })
  return { ...to, data: await pixels.raw().toBuffer() }
}

function addGrain (data: Uint8Array, layer: number, levels: number, random: () => number): void {
  for (let at = 0; at < data.length; at += 3) {
    const word = random()
    const roughness = layer > evenLayerMin ? 1 : ((data[at + 1] ?? 0) / 128) ** 2
    // The sum of two even distributions is near enough to a bell.
    const light = ((word >>> 16) + (word & 0xffff) - 0xffff) / 0xffff * levels * roughness
    const tint = layer < tintedLayerMin ? 0 : (((word >>> 8) & 0xff) - 127.5) / 255 * levels
    for (let channel = 0; channel < 3; channel++) {
      data[at + channel] = Math.max(0, Math.min(255, (data[at + channel] ?? 0) + light + (channel - 1) * tint))
    }
  }
}

/** Xorshift of 32 bits (Marsaglia, "Xorshift RNGs", 2003). */
function randomWords (seed: number): () => number {
  let state = Math.imul(seed, 0x9e3779b1) | 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return state >>> 0
  }
}

/**
 * Two sizes of 4 to 3 with about so many pixels. The sides of the first divide by 16: for these blockhash-core takes a
 * way several times cheaper than for all others, and cameras write both kinds.
 */
export function sizesOf (megapixels: number): ReadonlyArray<{ width: number, height: number }> {
  const width = Math.round(Math.sqrt(megapixels * 1e6 * 4 / 3) / 16) * 16
  const height = Math.round(width * 3 / 4 / 16) * 16
  return [{ width, height }, { width: width - 6, height: height + 4 }]
}

/** The encoder of libheif, a program. */
const heifEncoder = 'heif-enc'
const heicQuality = 55
export const heicEncoding = `${heifEncoder}, quality ${heicQuality}`
const run = promisify(execFile)

export async function hasHeifEncoder (): Promise<boolean> {
  return await run(heifEncoder, ['--help']).then(() => true, (error: NodeJS.ErrnoException) => error.code !== 'ENOENT')
}

async function writePicture (format: MeasuredFormat, pixels: Sharp, path: string): Promise<void> {
  if (format !== 'heic') {
    await writeFile(path, await encode[format](pixels).toBuffer())
    return
  }
  const lossless = `${path}.png`
  await pixels.png({ compressionLevel: 1 }).toFile(lossless)
  await run(heifEncoder, ['-q', String(heicQuality), '-p', 'preset=veryfast', lossless, '-o', path])
}

/** Draws the pictures of one size and writes them in all formats. */
export async function writePictures (folder: string, megapixels: number, wanted: readonly MeasuredFormat[]): Promise<PictureSet[]> {
  const sets = wanted.map(format => ({ format, megapixels, paths: [] as string[], bytes: 0 }))
  for (const [i, { width, height }] of sizesOf(megapixels).entries()) {
    const { data } = await texturedPicture(width, height, i + 1)
    for (const set of sets) {
      const path = join(folder, `${megapixels}-${i}.${set.format}`)
      await writePicture(set.format, sharp(data, { raw: { width, height, channels: 3 } }), path)
      set.paths.push(path)
      set.bytes += (await stat(path)).size
    }
  }
  return sets
}

const heicFixtures = ['heic-single.heic', 'heic-grid.heic'].map(name => fileURLToPath(new URL(`../../../fixtures/formats/${name}`, import.meta.url)))
/** Both have 640 x 480 pixels. */
const heicMegapixels = 0.31

/** One picture in one piece, and one as a grid of tiles, as phones write it. */
export async function heicPictures (): Promise<PictureSet> {
  const sizes = await Promise.all(heicFixtures.map(async path => (await stat(path)).size))
  return { format: 'heic', megapixels: heicMegapixels, paths: heicFixtures, bytes: sizes.reduce((sum, size) => sum + size, 0) }
}
