import { existsSync, readFileSync } from 'node:fs'
import sharp from 'sharp'
import { test } from 'tap'
import { bytesToHex, hammingDistance, hexToBytes } from './bits.js'
import { pdqOf } from './hashes.test-support.js'
import { pdqOrientations, type Orientation } from './pdq-orientations.js'
import type { Raster, Size } from './raster.js'

/** Expected hashes by the reference implementation; they live beside the project, in `shared/reference/pdq`, or nowhere. */
const reference = findReference()
const skip = reference === undefined ? 'no shared/reference/pdq beside the project' : false

interface Expected {
  file: string
  pdq: string
  quality: number
  pipeline: string
}

function findReference (): URL | undefined {
  for (let folder = new URL('.', import.meta.url), depth = 0; depth < 6; folder = new URL('..', folder), depth++) {
    const candidate = new URL('shared/reference/pdq/', folder)
    if (existsSync(candidate)) return candidate
  }
  return undefined
}

function readJson<T> (name: string): T {
  return JSON.parse(readFileSync(new URL(name, reference), 'utf8')) as T
}

/** The value for the upright picture where there is one, else for the stored pixels. */
function expectedByFile (): Expected[] {
  const byFile = new Map<string, Expected>()
  for (const expected of readJson<Array<Partial<Expected> & { file: string }>>('expected.json')) {
    const { file, pdq, quality, pipeline } = expected
    if (pdq === undefined || typeof quality !== 'number' || pipeline === undefined) continue
    const upright = pipeline.startsWith('fullres-rgb-exif')
    if (upright || (pipeline.startsWith('fullres-rgb') && !byFile.has(file))) byFile.set(file, { file, pdq, quality, pipeline })
  }
  return [...byFile.values()]
}

async function decode (file: string, size?: Size, ignoreIcc = false): Promise<Raster> {
  const image = sharp(readFileSync(new URL(file, reference)), { ignoreIcc }).autoOrient()
  if (size !== undefined) image.resize({ ...size, fit: 'fill', fastShrinkOnLoad: false })
  const { data, info } = await image.toColourspace('srgb').flatten({ background: '#fff' }).removeAlpha().raw()
    .toBuffer({ resolveWithObject: true })
  return { data, width: info.width, height: info.height, channels: info.channels === 1 ? 1 : 3 }
}

function distance (hash: Uint8Array, expected: string): number {
  const bytes = hexToBytes(expected)
  return bytes === undefined ? Infinity : hammingDistance(hash, bytes)
}

// The transparent part of this one is noise that we paint white.
const transparent = new Set(['images/pytx/LA.png'])
const converted = /CMYK|\/P\.png/

test('PDQ at native size equals the reference, decoders allowed for', { skip }, async t => {
  for (const { file, pdq, quality } of expectedByFile().filter(({ file }) => !transparent.has(file))) {
    const found = pdqOf(await decode(file))
    t.ok(Math.abs(found.quality - quality) <= 2, `${file}: quality`)
    if (quality > 0) t.ok(distance(found.hash, pdq) <= (converted.test(file) ? 10 : 4), `${file}: bits`)
  }
})

test('PDQ of the 256 x 256 raster with the native size comes within 6 bits of full resolution', { skip }, async t => {
  for (const { file, pdq, quality } of expectedByFile().filter(({ file }) => !transparent.has(file))) {
    if (quality < 80) continue
    const { width = 0, height = 0, autoOrient } = await sharp(readFileSync(new URL(file, reference))).metadata()
    if (width <= 512 && height <= 512) continue
    const raster = await decode(file, { width: 256, height: 256 })
    const found = pdqOf(raster, autoOrient)
    t.ok(distance(found.hash, pdq) <= (converted.test(file) ? 10 : 6), file)
  }
})

test('the eight orientations equal the reference\'s', { skip }, async t => {
  // The reference turns the other way round.
  const names: Record<Orientation, string> = {
    upright: 'orig',
    rotate90: 'rot270',
    rotate180: 'rot180',
    rotate270: 'rot90',
    flipVertical: 'flipx',
    flipHorizontal: 'flipy',
    transpose: 'flipplus1',
    antiTranspose: 'flipminus1'
  }
  const all = readJson<Array<{ file: string, kind: string, hashes: Record<string, string> }>>('dihedral.json')
  for (const { file, hashes } of all.filter(({ file, kind }) => kind === 'computed' && !transparent.has(file))) {
    // The reference reads stored values as they are, without their colour profile.
    const upright = pdqOf(await decode(file, undefined, true))
    for (const { orientation, hash } of pdqOrientations(upright)) {
      // Leading zeros are missing from some of the reference's texts.
      t.equal(bytesToHex(hash), hashes[names[orientation]]?.padStart(64, '0'), `${file} ${orientation}`)
    }
  }
})
