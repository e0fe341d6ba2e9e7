import fc from 'fast-check'
import { test } from 'tap'
import { KeersluisError } from '../errors.js'
import { bytesToHex, hammingDistance, popcount } from './bits.js'
import { generatedPicture } from './generated-picture.test-support.js'
import { orientedPdqOf, pdqOf } from './hashes.test-support.js'
import { PdqHasher } from './pdq.js'
import { RasterKernel } from './raster-kernel.js'
import type { Raster } from './raster.js'
import { resizeRaster } from './resize.test-support.js'

const seed = fc.integer({ min: 1, max: 10_000 })
const side = fc.integer({ min: 40, max: 300 })

test('the hash of a generated picture stays what it is', t => {
  const { hash, quality } = pdqOf(generatedPicture(200, 150))
  t.equal(bytesToHex(hash), 'dc487adc156094739b6493ceaa44fe25fc0ab35f620282f7cafe5b07c1934572')
  t.equal(quality, 100)
  const raster = resizeRaster(generatedPicture(700, 900), { width: 256, height: 256 })
  t.equal(bytesToHex(pdqOf(raster, { width: 700, height: 900 }).hash), '5e487e5c3d609d739b6093c6aa44fe25fe0af35f62028277ca7e5983c1934562')
  t.end()
})

test('quality falls with the contrast', t => {
  const picture = generatedPicture(200, 150)
  t.same([1, 2, 3, 4, 6].map(shift => pdqOf({ ...picture, data: picture.data.map(value => value >> shift) }).quality), [100, 85, 35, 12, 0])
  t.end()
})

test('a hash of a picture with content has 128 one-bits', t => {
  fc.assert(fc.property(side, side, seed, (width, height, s) => {
    t.equal(popcount(pdqOf(generatedPicture(width, height, s)).hash), 128)
  }), { numRuns: 30, seed: 1 })
  t.end()
})

test('a raster at native size is hashed bit for bit as without a native size', t => {
  fc.assert(fc.property(side, side, seed, fc.constantFrom(1 as const, 3 as const), (width, height, s, channels) => {
    const raster = generatedPicture(width, height, s, channels)
    t.same(pdqOf(raster, { width, height }), pdqOf(raster))
  }), { numRuns: 30, seed: 1 })
  t.end()
})

test('a box of whole pixels is hashed bit for bit as the cut-out picture', t => {
  const raster = generatedPicture(180, 140, 3)
  const box = { left: 11, top: 6, width: 130, height: 97 }
  const cut = resizeRaster(raster, box, box)
  t.same(pdqOf(raster, undefined, box), pdqOf(cut))
  t.end()
})

test('a resized raster with its native size comes within 6 bits of full resolution', t => {
  const large = fc.integer({ min: 257, max: 900 })
  fc.assert(fc.property(large, large, seed, (width, height, s) => {
    const full = generatedPicture(width, height, s)
    const raster = resizeRaster(full, { width: 256, height: 256 })
    const exact = pdqOf(full)
    const projected = pdqOf(raster, { width, height })
    t.ok(hammingDistance(projected.hash, exact.hash) <= 6)
    t.ok(Math.abs(projected.quality - exact.quality) <= 2)
  }), { numRuns: 20, seed: 1 })
  t.end()
})

test('grey pixels hash as the same pixels in colour', t => {
  const grey = generatedPicture(120, 90, 5, 1)
  const data = new Uint8Array(grey.data.length * 3).map((_, i) => grey.data[Math.floor(i / 3)] ?? 0)
  t.same(pdqOf({ ...grey, data, channels: 3 }).hash, pdqOf(grey).hash)
  t.end()
})

test('red, green and blue weigh as in ITU-R BT.601', t => {
  const grey = generatedPicture(120, 90, 5, 1)
  const expected = pdqOf(grey).dct;
  [0.299, 0.587, 0.114].forEach((weight, channel) => {
    const data = new Uint8Array(grey.data.length * 3)
    grey.data.forEach((value, i) => { data[i * 3 + channel] = value })
    const found = pdqOf({ ...grey, data, channels: 3 }).dct
    t.ok(found.every((value, i) => Math.abs(value - weight * (expected[i] ?? 0)) < 1e-9))
  })
  t.end()
})

test('a small change of every pixel moves few bits, another picture moves many', t => {
  fc.assert(fc.property(seed, s => {
    const picture = generatedPicture(128, 128, s)
    const noisy = { ...picture, data: picture.data.map((value, i) => Math.min(255, value + i * 7919 % 3)) }
    t.ok(hammingDistance(pdqOf(picture).hash, pdqOf(noisy).hash) <= 31)
    t.ok(hammingDistance(pdqOf(picture).hash, pdqOf(generatedPicture(128, 128, s + 1)).hash) > 64)
  }), { numRuns: 20, seed: 1 })
  t.end()
})

test('flat and tiny pictures have quality 0', t => {
  const black: Raster = { data: new Uint8Array(80 * 60 * 3), width: 80, height: 60, channels: 3 }
  t.same([pdqOf(black).quality, popcount(pdqOf(black).hash)], [0, 0])
  t.same([pdqOf(generatedPicture(4, 200)).quality, popcount(pdqOf(generatedPicture(4, 200)).hash)], [0, 0])
  t.equal(pdqOf(generatedPicture(64, 64), { width: 4, height: 900 }).quality, 0)
  t.end()
})

test('keeping filters changes nothing, however few are kept', t => {
  const hasher = new PdqHasher(1)
  const kernel = new RasterKernel()
  for (const [width, height] of [[90, 70], [70, 90], [90, 70], [512, 5]] as const) {
    const raster = generatedPicture(width, height, 2)
    t.same(hasher.hash(kernel.read(raster)), pdqOf(raster))
  }
  t.end()
})

test('parts of one raster share its blur, and the next raster has nothing of it', t => {
  const hasher = new PdqHasher()
  const kernel = new RasterKernel()
  const rasters = [generatedPicture(256, 200, 1), generatedPicture(256, 200, 2), generatedPicture(120, 256, 3, 1), generatedPicture(256, 200, 1)]
  for (const raster of rasters) {
    kernel.read(raster)
    const [width, height] = [raster.width, raster.height]
    const boxes = [{ left: 0, top: 0, width, height }, { left: 30.5, top: 0, width: width - 40, height }, { left: 30.5, top: 7, width: width - 40, height: height - 20.75 }]
    for (const native of [{ width: 900, height: 540 }, { width: 300, height: 2000 }]) {
      for (const box of boxes) {
        const upright = hasher.hash(kernel, native, box)
        t.same(upright, pdqOf(raster, native, box))
        t.same(hasher.orientations(upright, kernel, native, box), orientedPdqOf(raster, native, box))
      }
    }
  }
  t.throws(() => new RasterKernel().raster, KeersluisError)
  t.end()
})

test('a raster or box that does not fit throws', t => {
  const raster = generatedPicture(64, 64)
  t.throws(() => pdqOf({ ...raster, width: 65 }), KeersluisError)
  t.throws(() => pdqOf({ ...raster, width: 0, data: new Uint8Array(0) }), KeersluisError)
  t.throws(() => pdqOf(raster, undefined, { left: 2, top: 0, width: 64, height: 64 }), KeersluisError)
  t.throws(() => pdqOf(raster, { width: 100.5, height: 64 }), KeersluisError)
  t.throws(() => pdqOf(raster, { width: Infinity, height: 64 }), KeersluisError)
  t.end()
})
