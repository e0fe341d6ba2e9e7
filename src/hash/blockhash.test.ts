import { bmvbhash } from 'blockhash-core'
import fc from 'fast-check'
import { test } from 'tap'
import { KeersluisError } from '../errors.js'
import { bytesToHex, hammingDistance } from './bits.js'
import { blockhash, blockhashSide } from './blockhash.js'
import { generatedPicture } from './generated-picture.test.helper.js'
import type { Raster } from './raster.js'
import { resizeRaster } from './resize.js'

const square = { width: blockhashSide, height: blockhashSide }
const seed = fc.integer({ min: 1, max: 10_000 })

test('the hash is blockhash-core\'s, in colour and in grey', t => {
  fc.assert(fc.property(seed, fc.constantFrom(1 as const, 3 as const), (s, channels) => {
    const raster = generatedPicture(blockhashSide, blockhashSide, s, channels)
    const data = new Uint8Array(blockhashSide * blockhashSide * 4).map((_, i) => {
      const pixel = Math.floor(i / 4)
      return i % 4 === 3 ? 255 : raster.data[channels === 3 ? pixel * 3 + i % 4 : pixel] ?? 0
    })
    t.equal(bytesToHex(blockhash(raster).hash), bmvbhash({ ...square, data }, 16))
  }), { numRuns: 10, seed: 1 })
  t.end()
})

test('the hash of a generated picture stays what it is', t => {
  const { hash, stableBits } = blockhash(generatedPicture(blockhashSide, blockhashSide))
  t.equal(bytesToHex(hash), '003f023f1cfe01ff007f00ff04ff04fb016f01ff28ed3879f130dbf0cbd00397')
  t.equal(stableBits, 237)
  t.end()
})

test('a picture of another size is hashed as its 256 x 256 raster', t => {
  const raster = generatedPicture(400, 130, 4)
  t.same(blockhash(raster), blockhash(resizeRaster(raster, square)))
  const box = { left: 3.5, top: 2.25, width: 380, height: 120.5 }
  t.same(blockhash(raster, box), blockhash(resizeRaster(raster, square, box)))
  t.end()
})

test('stable bits are those that a change below one percent cannot flip', t => {
  fc.assert(fc.property(seed, s => {
    const raster = generatedPicture(blockhashSide, blockhashSide, s)
    const { hash, stableBits } = blockhash(raster)
    // One step of 255 up in some blocks' pixels: at most 0.4 % of full scale between a block and its median.
    const nudged = raster.data.map((value, i) => Math.min(255, value + (Math.floor(i / 48) * 2654435761 >>> 5) % 2))
    t.ok(hammingDistance(hash, blockhash({ ...raster, data: nudged }).hash) <= 256 - stableBits)
  }), { numRuns: 10, seed: 1 })
  const flat: Raster = { data: new Uint8Array(256 * 256).fill(90), ...square, channels: 1 }
  t.equal(blockhash(flat).stableBits, 0)
  const checks = flat.data.map((_, i) => (Math.floor(i / 16) + Math.floor(i / 4096)) % 2 * 255)
  t.equal(blockhash({ ...flat, data: checks }).stableBits, 256)
  t.end()
})

test('a raster that does not fit throws', t => {
  t.throws(() => blockhash({ data: new Uint8Array(5), ...square, channels: 3 }), KeersluisError)
  t.end()
})
