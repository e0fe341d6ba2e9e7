import { bmvbhash } from 'blockhash-core'
import fc from 'fast-check'
import { test } from 'tap'
import { KeersluisError } from '../errors.js'
import { bytesToHex, hammingDistance } from './bits.js'
import { blockhashOf } from './hashes.test-support.js'
import { generatedPicture } from './generated-picture.test-support.js'
import type { Raster } from './raster.js'
import { resizeRaster } from './resize.test-support.js'

const square = { width: 256, height: 256 }
const seed = fc.integer({ min: 1, max: 10_000 })

/** The package's hash of the same pixels. */
function packageHash ({ data, width, height, channels }: Raster): string {
  const rgba = new Uint8Array(width * height * 4).map((_, i) => {
    const pixel = Math.floor(i / 4)
    return i % 4 === 3 ? 255 : data[channels === 3 ? pixel * 3 + i % 4 : pixel] ?? 0
  })
  return bmvbhash({ width, height, data: rgba }, 16)
}

test('the hash is blockhash-core\'s, in colour and in grey, at any size', t => {
  const side = fc.oneof(fc.constant(256), fc.integer({ min: 16, max: 300 }))
  fc.assert(fc.property(seed, fc.constantFrom(1 as const, 3 as const), side, side, (s, channels, width, height) => {
    const raster = generatedPicture(width, height, s, channels)
    t.equal(bytesToHex(blockhashOf(raster).hash), packageHash(raster), `${width} x ${height}`)
  }), { numRuns: 40, seed: 1 })
  t.end()
})

test('flat bands are decided by their half of the scale, as blockhash-core does', t => {
  for (const level of [0, 90, 128, 129, 255]) {
    const raster: Raster = { ...square, channels: 3, data: new Uint8Array(256 * 256 * 3).fill(level) }
    t.equal(bytesToHex(blockhashOf(raster).hash), packageHash(raster), `level ${level}`)
    const odd: Raster = { width: 203, height: 91, channels: 1, data: new Uint8Array(203 * 91).fill(level) }
    t.equal(bytesToHex(blockhashOf(odd).hash), (level > 128 ? 'f' : '0').repeat(64), `level ${level}, cut between blocks`)
  }
  t.end()
})

test('the hash of a generated picture stays what it is', t => {
  const { hash, stableBits } = blockhashOf(generatedPicture(256, 256))
  t.equal(bytesToHex(hash), '003f023f1cfe01ff007f00ff04ff04fb016f01ff28ed3879f130dbf0cbd00397')
  t.equal(stableBits, 237)
  t.end()
})

test('a raster of 256 x 256 and a box say what the pixels say', t => {
  fc.assert(fc.property(seed, s => {
    const picture = generatedPicture(500, 391, s)
    const { hash, stableBits } = blockhashOf(resizeRaster(picture, square))
    t.ok(hammingDistance(hash, blockhashOf(picture).hash) <= 2)
    t.ok(Math.abs(stableBits - blockhashOf(picture).stableBits) <= 4)
    const box = { left: 13.5, top: 40.25, width: 380, height: 320.5 }
    const cut = resizeRaster(picture, { width: 4 * box.width, height: 4 * box.height }, box)
    t.ok(hammingDistance(blockhashOf(picture, box).hash, blockhashOf(cut).hash) <= 2)
  }), { numRuns: 5, seed: 1 })
  t.end()
})

test('stable bits are those that a change below one percent cannot flip', t => {
  fc.assert(fc.property(seed, s => {
    const raster = generatedPicture(256, 256, s)
    const { hash, stableBits } = blockhashOf(raster)
    // One step of 255 up in some blocks' pixels: at most 0.4 % of full scale between a block and its median.
    const nudged = raster.data.map((value, i) => Math.min(255, value + (Math.floor(i / 48) * 2654435761 >>> 5) % 2))
    t.ok(hammingDistance(hash, blockhashOf({ ...raster, data: nudged }).hash) <= 256 - stableBits)
  }), { numRuns: 10, seed: 1 })
  const flat: Raster = { data: new Uint8Array(256 * 256).fill(90), ...square, channels: 1 }
  t.equal(blockhashOf(flat).stableBits, 0)
  const checks = flat.data.map((_, i) => (Math.floor(i / 16) + Math.floor(i / 4096)) % 2 * 255)
  t.equal(blockhashOf({ ...flat, data: checks }).stableBits, 256)
  t.end()
})

test('a raster or a box that does not fit throws', t => {
  t.throws(() => blockhashOf({ data: new Uint8Array(5), ...square, channels: 3 }), KeersluisError)
  t.throws(() => blockhashOf(generatedPicture(20, 20), { left: 2, top: 0, width: 20, height: 20 }), KeersluisError)
  t.end()
})
