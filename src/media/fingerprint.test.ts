import { test } from 'tap'
import { hammingDistance } from '../hash/bits.js'
import { framed } from '../hash/framed.test-support.js'
import { generatedPicture } from '../hash/generated-picture.test-support.js'
import { pdqOf } from '../hash/hashes.test-support.js'
import { orientations } from '../hash/pdq-orientations.js'
import type { Raster } from '../hash/raster.js'
import { resizeRaster } from '../hash/resize.test-support.js'
import type { DecodedPicture } from './decoder.js'
import { Fingerprinter, isNewFrame, type Side, type VariantHashes } from './fingerprint.js'

const hasher = new Fingerprinter()

/** As the decoder gives a picture of this size: a small one itself, a larger one as a raster. */
function decoded (source: Raster, width: number, height: number, more: Partial<DecodedPicture> = {}): DecodedPicture {
  const shown = resizeRaster(source, { width, height })
  return {
    frame: 0,
    native: { width, height },
    background: 'white',
    raster: width <= 512 && height <= 512 ? shown : resizeRaster(shown, { width: Math.min(256, width), height: Math.min(256, height) }),
    ...more
  }
}

function hashed (source: Raster, width: number, height: number, side: Side): VariantHashes[] {
  return hasher.picture(decoded(source, width, height), side)
}

function mirrored (source: Raster): Raster {
  const data = new Uint8Array(source.data.length)
  for (let y = 0; y < source.height; y++) {
    for (let x = 0; x < source.width; x++) {
      for (let c = 0; c < 3; c++) data[(y * source.width + x) * 3 + c] = source.data[(y * source.width + source.width - 1 - x) * 3 + c] ?? 0
    }
  }
  return { ...source, data }
}

/** A picture with bars of 15 % above and below. */
function letterboxed (source: Raster): Raster {
  const data = source.data.slice()
  const bar = Math.round(source.height * 0.15) * source.width * 3
  data.fill(0, 0, bar)
  data.fill(0, data.length - bar)
  return { ...source, data }
}

function leastDistance (upload: readonly VariantHashes[], item: readonly VariantHashes[]): number {
  return Math.min(...upload.flatMap(({ pdq, oriented = pdq }) => item.flatMap(entry =>
    Array.from({ length: oriented.length / 32 }, (_, at) => hammingDistance(oriented.subarray(at * 32, at * 32 + 32), entry.pdq)))))
}

const large = generatedPicture(960, 720, 5)
const names = (variants: readonly VariantHashes[]): string[] => variants.map(({ variant }) => variant)

const withoutEdges = ['withoutTop', 'withoutBottom']

test('an upload is hashed whole, trimmed and without its upper and lower edge; a small one is centred, too', async t => {
  t.strictSame(names(hashed(large, 960, 720, 'upload')), ['whole', ...withoutEdges])
  t.strictSame(names(hashed(large, 320, 240, 'upload')), ['whole', 'centred', ...withoutEdges])
  t.strictSame(names(hashed(letterboxed(large), 960, 720, 'upload')), ['whole', 'trimmed', ...withoutEdges])
  t.strictSame(names(hashed(letterboxed(large), 320, 240, 'upload')), ['whole', 'centred', 'trimmed', 'trimmedCentred', ...withoutEdges])
})

test('bars behind bars are seen through', async t => {
  const boxed = framed(framed(large, { width: 960, height: 960 }, { left: 0, top: 120 }, [0, 0, 0]), { width: 1200, height: 960 }, { left: 120, top: 0 }, [255, 255, 255])
  const upload = hashed(boxed, 1200, 960, 'upload')
  t.strictSame(names(upload), ['whole', 'trimmed', 'inner', ...withoutEdges])
  t.ok(leastDistance(upload, hashed(large, 960, 720, 'item')) <= 16)
  t.ok(leastDistance(hashed(mirrored(boxed), 1200, 960, 'upload'), hashed(large, 960, 720, 'item')) <= 16)
})

test('known material on a plain background is hashed without it, an upload only where it has bars', async t => {
  const onTable = framed(large, { width: 1600, height: 1100 }, { left: 300, top: 180 }, [205, 203, 198])
  // The light falls from one corner: no line of the table has one colour.
  onTable.data.forEach((value, i) => { onTable.data[i] = value - 18 * (Math.floor(i / 3) % 1600 / 1600 + Math.floor(i / 4800) / 1100) })
  t.ok(names(hashed(onTable, 800, 550, 'item')).includes('inner'))
  t.notOk(names(hashed(onTable, 800, 550, 'itemFrame')).includes('inner'))
  t.notOk(names(hashed(onTable, 800, 550, 'upload')).includes('inner'))
  const barred = framed(onTable, { width: 1600, height: 1400 }, { left: 0, top: 150 }, [0, 0, 0])
  t.ok(names(hashed(barred, 800, 700, 'upload')).includes('inner'))
})

test('a mark over a corner leaves a part without it', async t => {
  for (const seed of [1, 2, 3]) {
    const source = generatedPicture(960, 720, seed)
    const marked = { ...source, data: source.data.slice() }
    for (let y = 20; y < 170; y++) marked.data.fill(255, (y * 960 + 20) * 3, (y * 960 + 220) * 3)
    const known = hashed(source, 960, 720, 'item')
    const parts = hashed(marked, 960, 720, 'upload').filter(({ variant }) => withoutEdges.includes(variant))
    t.same(parts.filter(part => leastDistance([part], known) <= 8).map(({ variant }) => variant), ['withoutTop'], `${seed}`)
    t.ok(parts.every(({ oriented }) => oriented === undefined), 'searched upright only')
  }
})

test('frames of a film have neither parts without an edge nor an inner one', async t => {
  t.strictSame(names(hasher.picture(decoded(large, 960, 720, { timeS: 1 }), 'upload')), ['whole'])
  t.strictSame(names(hasher.picture(decoded(letterboxed(large), 960, 720, { timeS: 1 }), 'upload')), ['whole', 'trimmed'])
})

test('known material has sixteen crops, too; frames of a known video have none and no blockhash', async t => {
  t.equal(hashed(large, 960, 720, 'item').filter(({ variant }) => /^crop\d\d$/.test(variant)).length, 16)
  t.strictSame(names(hashed(large, 960, 720, 'itemFrame')), ['whole'])
  t.strictSame(hashed(large, 960, 720, 'itemFrame').map(({ blockhash }) => blockhash), [undefined])
})

test('the whole of a small picture keeps the hash that other programs give it', async t => {
  const picture = decoded(large, 320, 240)
  const [whole] = hasher.picture(picture, 'upload')
  t.strictSame(whole?.pdq, pdqOf(picture.raster).hash)
  t.ok(whole?.blockhash)
})

test('an upload is hashed in every orientation, known material is not', async t => {
  for (const [width, height, variants] of [[960, 720, 1], [320, 240, 2]] as const) {
    const oriented = hashed(large, width, height, 'upload').flatMap(variant => variant.oriented ?? [])
    t.strictSame(oriented.map(bytes => bytes.length), Array(variants).fill(orientations.length * 32))
  }
  t.notOk(hashed(large, 960, 720, 'item').some(({ oriented }) => oriented !== undefined))
})

test('a hash on black says so', async t => {
  t.strictSame(names(hasher.picture(decoded(large, 320, 240, { background: 'black' }), 'upload')), ['whole', 'centred', ...withoutEdges].map(name => `${name}OnBlack`))
})

test('small pictures stay near their enlarged, reduced and mirrored copies', async t => {
  for (const seed of [1, 2, 3]) {
    const source = generatedPicture(960, 720, seed)
    const small = hashed(source, 256, 192, 'item')
    for (const [width, height] of [[384, 288], [512, 384], [960, 720], [128, 96]] as const) {
      t.ok(leastDistance(hashed(source, width, height, 'upload'), small) <= 20, `${seed}: ${width}`)
      t.ok(leastDistance(hashed(mirrored(source), width, height, 'upload'), small) <= 20, `${seed}: ${width}, mirrored`)
    }
  }
})

test('a frame is new where it differs by more than ten bits or in its variants', async t => {
  const frame = (pdq: Uint8Array): VariantHashes => ({ variant: 'whole', pdq, pdqQuality: 100 })
  const first = [frame(new Uint8Array(32))]
  const bits = (count: number): Uint8Array => Uint8Array.from({ length: 32 }, (_, index) => index < count ? 1 : 0)
  t.ok(isNewFrame(first, undefined))
  t.notOk(isNewFrame([frame(bits(10))], first))
  t.ok(isNewFrame([frame(bits(11))], first))
  t.ok(isNewFrame([...first, { ...frame(bits(0)), variant: 'trimmed' }], first))
})
