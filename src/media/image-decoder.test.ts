import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import sharp from 'sharp'
import { test } from 'tap'
import { hammingDistance, hexToBytes } from '../hash/bits.js'
import { pdqOf } from '../hash/hashes.test-support.js'
import { createDecoder } from './decoder-client.js'
import type { DecodedPicture } from './decoder.js'
import { decodeAll, fixture, testOptions } from './decode.test-support.js'

interface Made { file: string, kind: string, width: number, height: number, expect?: { source?: string, withSource?: string } }

const decoder = createDecoder(testOptions)
const hashOf = ({ raster, native, extent }: DecodedPicture) => pdqOf(raster, native, extent)

test('every format and colour mode comes upright, in the right colours', async t => {
  t.teardown(() => decoder.close())
  const manifest = JSON.parse(readFileSync(fixture('manifest.json'), 'utf8')) as Made[]
  for (const { file, kind, width, height, expect } of manifest) {
    if (!file.startsWith('formats/') || (kind !== 'image' && kind !== 'animation')) continue
    const { media, undecided, pictures } = await decodeAll(decoder, fixture(file))
    t.match(media, { kind, width, height, frames: new Set(pictures.map(({ frame }) => frame)).size }, file)
    t.same(undecided, [], file)
    if (expect?.source === undefined || expect.withSource !== 'block') continue
    const [source] = (await decodeAll(decoder, fixture(expect.source))).pictures
    const nearest = Math.min(...pictures.map(picture => source === undefined ? 256 : hammingDistance(hashOf(picture).hash, hashOf(source).hash)))
    t.ok(nearest <= 24, `${file} is ${nearest} bits from its source`)
  }
})

test('no side of a raster is stretched', async t => {
  const local = createDecoder(testOptions)
  t.teardown(() => local.close())
  const folder = t.testdir()
  const sides: Array<[number, number, number, number]> = [[600, 100, 256, 100], [90, 2000, 90, 256], [512, 20, 512, 20], [513, 512, 256, 256], [513, 1, 256, 1], [1632, 1224, 256, 244]]
  for (const [width, height, rasterWidth, rasterHeight] of sides) {
    for (const orientation of [1, 6]) {
      const noise = { type: 'gaussian', mean: 128, sigma: 40 } as const
      // With a comment of 200 KB, the size stands beyond the part of a JPEG that is read for it.
      const jpeg = await sharp({ create: { width, height, channels: 3, background: '#888', noise } }).withMetadata({ orientation }).jpeg().toBuffer()
      const comment = Buffer.concat([Buffer.from('fffefffe', 'hex'), Buffer.alloc(0xfffc)])
      for (const file of [jpeg, Buffer.concat([jpeg.subarray(0, 2), comment, comment, comment, jpeg.subarray(2)])]) {
        await writeFile(`${folder}/picture.jpg`, file)
        const [picture] = (await decodeAll(local, `${folder}/picture.jpg`)).pictures
        const [across, down, rasterAcross, rasterDown] = orientation === 1 ? [width, height, rasterWidth, rasterHeight] : [height, width, rasterHeight, rasterWidth]
        t.match(picture, { native: { width: across, height: down }, raster: { width: rasterAcross, height: rasterDown } }, `${width} x ${height}, orientation ${orientation}`)
      }
    }
  }
})

test('the extent of a JPEG tells which pixels its decoder leaves out', async t => {
  const local = createDecoder(testOptions)
  t.teardown(() => local.close())
  const folder = t.testdir()
  // White are the columns and rows that do not fill a pixel of the shrunken picture.
  for (const [shrink, width, height] of [[8, 2503, 2405], [4, 1159, 1287], [2, 671, 703], [1, 523, 514]] as const) {
    const [across, down] = [width - width % shrink, height - height % shrink]
    const inner = await sharp({ create: { width: across, height: down, channels: 3, background: '#000' } }).png().toBuffer()
    const jpeg = sharp({ create: { width, height, channels: 3, background: '#fff' } }).composite([{ input: inner, left: 0, top: 0 }]).jpeg({ quality: 95, chromaSubsampling: '4:4:4' })
    for (const orientation of [1, 3, 6]) {
      await jpeg.clone().withMetadata({ orientation }).toFile(`${folder}/edge.jpg`)
      const [{ raster, extent, native } = {}] = (await decodeAll(local, `${folder}/edge.jpg`)).pictures
      t.ok(raster !== undefined && raster.data.every(level => level < 60), `shrink ${shrink}: nothing white is left`)
      if (raster === undefined || native === undefined) continue
      const shown = orientation === 6 ? [down, across] : [across, down]
      const expected = [raster.width * native.width / (shown[0] ?? 1), raster.height * native.height / (shown[1] ?? 1)]
      t.same([extent?.width ?? raster.width, extent?.height ?? raster.height].map(side => side.toFixed(6)), expected.map(side => side.toFixed(6)))
    }
  }
})

test('a JPEG of any size hashes as at full resolution', async t => {
  const local = createDecoder(testOptions)
  t.teardown(() => local.close())
  const folder = t.testdir()
  const source = sharp(fixture('photos/harbour-01.jpg'))
  for (const [width, height] of [[533, 800], [901, 677], [1181, 907], [1337, 1403], [2061, 2303], [2647, 3001]] as const) {
    const jpeg = await source.clone().resize(width, height, { fit: 'fill' }).jpeg({ quality: 90 }).toBuffer()
    const { data, info } = await sharp(jpeg).raw().toBuffer({ resolveWithObject: true })
    await writeFile(`${folder}/size.jpg`, jpeg)
    const [picture] = (await decodeAll(local, `${folder}/size.jpg`)).pictures
    const distance = picture === undefined ? 256 : hammingDistance(hashOf(picture).hash, pdqOf({ data, width: info.width, height: info.height, channels: 3 }).hash)
    t.ok(distance <= 4, `${width} x ${height}: ${distance} bits`)
  }
})

test('transparency comes on white and on black', async t => {
  const local = createDecoder(testOptions)
  t.teardown(() => local.close())
  const folder = t.testdir()
  const half = { create: { width: 40, height: 30, channels: 4, background: { r: 200, g: 100, b: 0, alpha: 0.5 } } } as const
  await sharp(half).png().toFile(`${folder}/half.png`)
  const { pictures } = await decodeAll(local, `${folder}/half.png`)
  t.same(pictures.map(({ background, frame }) => [background, frame]), [['white', 0], ['black', 0]])
  t.same(pictures.map(({ raster }) => [...raster.data.subarray(0, 3)]), [[227, 177, 127], [100, 50, 0]])
  await sharp(half).removeAlpha().ensureAlpha(1).png().toFile(`${folder}/opaque.png`)
  t.same((await decodeAll(local, `${folder}/opaque.png`)).pictures.map(({ background }) => background), ['white'])
})

test('an animation frame by frame, with times, to its limit', async t => {
  const local = createDecoder(testOptions)
  t.teardown(() => local.close())
  const folder = t.testdir()
  const levels = Array.from({ length: 12 }, (_, index) => 20 * index + 10)
  const frames = await Promise.all(levels.map(async level =>
    await sharp({ create: { width: 600, height: 20, channels: 3, background: { r: level, g: level, b: level } } }).png().toBuffer()))
  await sharp(frames, { join: { animated: true } }).webp({ lossless: true, delay: levels.map(() => 200) }).toFile(`${folder}/frames.webp`)
  const all = await decodeAll(local, `${folder}/frames.webp`)
  t.match(all.media, { kind: 'animation', format: 'webp', width: 600, height: 20, frames: 12 })
  t.same(all.undecided, [])
  t.same(all.pictures.map(({ frame, timeS }) => [frame, Math.round((timeS ?? -1) * 10)]), levels.map((_, index) => [index, 2 * index]))
  const middle = (256 * 10 + 128) * 3
  all.pictures.forEach(({ raster }, index) => t.ok(Math.abs((raster.data[middle] ?? 0) - (levels[index] ?? 0)) <= 3, `frame ${index}`))
  const some = await decodeAll(local, `${folder}/frames.webp`, { animationFramesMax: 5 })
  t.same([some.pictures.length, some.undecided], [5, ['framesBeyondLimit']])
})

test('a file too long to be held in memory is decoded as a short one', async t => {
  const local = createDecoder(testOptions)
  t.teardown(() => local.close())
  const folder = t.testdir()
  const pixels = sharp({ create: { width: 2600, height: 2300, channels: 3, background: '#888', noise: { type: 'gaussian', mean: 128, sigma: 40 } } })
  const picture = await pixels.png({ compressionLevel: 9 }).toBuffer()
  const long = await sharp(picture).png({ compressionLevel: 0 }).toBuffer()
  t.ok(picture.length < 16 * 1024 * 1024 && long.length > 16 * 1024 * 1024, `${picture.length} and ${long.length} bytes`)
  await writeFile(`${folder}/short.png`, picture)
  await writeFile(`${folder}/long.png`, long)
  const [short, same] = [await decodeAll(local, `${folder}/short.png`), await decodeAll(local, `${folder}/long.png`)]
  t.same([same.undecided, same.pictures], [[], short.pictures])
})

test('pages of different sizes', async t => {
  const local = createDecoder(testOptions)
  t.teardown(() => local.close())
  const { media, pictures } = await decodeAll(local, fixture('formats/tiff-multi-page.tiff'))
  t.match(media, { kind: 'animation', frames: 3 })
  t.ok(pictures.every(({ timeS }) => timeS === undefined))
})

const reference = new URL('../../../shared/reference/pdq/', import.meta.url)
const withoutReference = existsSync(reference) ? false : 'the folder ../shared/reference is missing'

test('the reference pictures', { skip: withoutReference }, async t => {
  const local = createDecoder(testOptions)
  t.teardown(() => local.close())
  const records = JSON.parse(readFileSync(new URL('expected.json', reference), 'utf8')) as Array<{ file: string, pdq: string, quality: number, pipeline: string }>
  const expected = new Map<string, { pdq: string, quality: number }>()
  for (const record of records) {
    const isUpright = record.pipeline?.startsWith('fullres-rgb-exif')
    if (isUpright || (record.pipeline?.startsWith('fullres-rgb:') && !expected.has(record.file))) expected.set(record.file, record)
  }
  t.ok(expected.size > 20)
  for (const [file, { pdq: hash, quality }] of expected) {
    // Noise with transparency: see the folder's README.
    if (file.endsWith('pytx/LA.png') || quality < 80) continue
    const [picture] = (await decodeAll(local, new URL(file, reference).pathname)).pictures
    const distance = picture === undefined ? 256 : hammingDistance(hashOf(picture).hash, hexToBytes(hash) ?? new Uint8Array(32))
    t.ok(distance <= (file.includes('CMYK') || file.endsWith('P.png') ? 10 : 6), `${file}: ${distance} bits`)
  }
})

test('every photo of the album decodes', async t => {
  const local = createDecoder(testOptions)
  t.teardown(() => local.close())
  for (const name of readdirSync(fixture('photos'))) {
    const { undecided, pictures } = await decodeAll(local, fixture(`photos/${name}`))
    t.same([undecided, pictures.length], [[], 1], name)
  }
})
