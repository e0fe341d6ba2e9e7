import fc from 'fast-check'
import { test } from 'tap'
import { hammingDistance } from './bits.js'
import { nativeSizeOf } from './crops.js'
import { framed } from './framed.test-support.js'
import { generatedPicture } from './generated-picture.test-support.js'
import { pdqOf } from './hashes.test-support.js'
import type { Box } from './raster.js'
import { resizeRaster } from './resize.test-support.js'
import { trimBorder } from './trim.js'

const bar = fc.oneof(fc.constant(0), fc.integer({ min: 4, max: 60 }))
const colour = fc.constantFrom([0, 0, 0], [255, 255, 255], [200, 20, 60])

function nearlyEqual (found: Box | undefined, expected: Box, tolerance: number): boolean {
  if (found === undefined) return false
  return Math.abs(found.left - expected.left) <= tolerance && Math.abs(found.top - expected.top) <= tolerance &&
    Math.abs(found.left + found.width - expected.left - expected.width) <= tolerance &&
    Math.abs(found.top + found.height - expected.top - expected.height) <= tolerance
}

test('bars on any sides, of any colour, with noise, are found to the pixel', t => {
  fc.assert(fc.property(bar, bar, bar, bar, colour, fc.nat(3), fc.integer({ min: 1, max: 500 }),
    (left, top, right, bottom, rgb, noise, seed) => {
      fc.pre(left + top + right + bottom > 0)
      const picture = generatedPicture(160, 120, seed)
      const canvas = { width: left + 160 + right, height: top + 120 + bottom }
      const found = trimBorder(framed(picture, canvas, { left, top }, rgb, noise))
      t.ok(nearlyEqual(found, { left, top, width: 160, height: 120 }, 1.01), JSON.stringify({ left, top, right, bottom, rgb, noise, seed, found }))
    }), { numRuns: 60, seed: 1 })
  t.end()
})

test('the trimmed part of a resized, framed picture hashes as the picture', t => {
  fc.assert(fc.property(fc.integer({ min: 20, max: 150 }), fc.integer({ min: 20, max: 150 }), fc.oneof(fc.constant(0), fc.integer({ min: 4, max: 40 })), colour, fc.integer({ min: 1, max: 500 }),
    (top, bottom, left, rgb, seed) => {
      const picture = generatedPicture(601, 397, seed)
      const native = { width: 601 + left, height: 397 + top + bottom }
      const raster = resizeRaster(framed(picture, native, { left, top }, rgb), { width: 256, height: 256 })
      const box = trimBorder(raster)
      t.ok(box)
      if (box === undefined) return
      const scale = { across: 256 / native.width, down: 256 / native.height }
      t.ok(nearlyEqual(box, { left: left * scale.across, top: top * scale.down, width: 601 * scale.across, height: 397 * scale.down }, 0.4), JSON.stringify({ top, bottom, left, rgb, seed, box }))
      const trimmed = pdqOf(raster, nativeSizeOf(box, raster, native), box)
      t.ok(hammingDistance(trimmed.hash, pdqOf(picture).hash) <= 20, JSON.stringify({ top, bottom, left, rgb, seed, box }))
    }), { numRuns: 12, seed: 1 })
  t.end()
})

test('a picture without bars, a flat one and a sliver in a frame are left alone', t => {
  for (let seed = 1; seed <= 10; seed++) t.equal(trimBorder(generatedPicture(256, 256, seed)), undefined)
  t.equal(trimBorder({ data: new Uint8Array(100 * 80).fill(40), width: 100, height: 80, channels: 1 }), undefined)
  const sliver = generatedPicture(20, 200)
  t.equal(trimBorder(framed(sliver, { width: 300, height: 200 }, { left: 140, top: 0 }, [0, 0, 0])), undefined)
  t.end()
})

test('what is plain behind a bar is left, with or without a bar on the other sides', t => {
  const skyed = framed(generatedPicture(160, 90, 3), { width: 160, height: 120 }, { left: 0, top: 30 }, [120, 130, 200])
  const found = trimBorder(framed(skyed, { width: 160, height: 150 }, { left: 0, top: 30 }, [0, 0, 0]))
  t.ok(nearlyEqual(found, { left: 0, top: 30, width: 160, height: 120 }, 1.01), JSON.stringify(found))
  t.end()
})

test('a plain background is left where a bar of another colour crosses it', t => {
  // A thing on a white table, then a cinema frame: what remains is the picture with its table.
  const onTable = framed(generatedPicture(80, 60, 4), { width: 200, height: 120 }, { left: 60, top: 30 }, [250, 250, 250])
  for (const [canvas, at] of [[{ width: 200, height: 160 }, { left: 0, top: 20 }], [{ width: 260, height: 120 }, { left: 30, top: 0 }]] as const) {
    const found = trimBorder(framed(onTable, canvas, at, [0, 0, 0]))
    t.ok(nearlyEqual(found, { ...at, width: 200, height: 120 }, 1.01), JSON.stringify(found))
  }
  t.end()
})

test('colours that coarse JPEG draws into a bar are bar', t => {
  const picture = generatedPicture(160, 120, 6)
  picture.data.forEach((value, i) => { picture.data[i] = 120 + (value >> 1) })
  const barred = framed(picture, { width: 160, height: 160 }, { left: 0, top: 20 }, [0, 0, 0])
  // Up to a tenth of the picture's contrast, in waves, as far as the blocks reach that hold an edge.
  for (let y = 0; y < 20; y++) for (let at = 0; at < 160 * 3; at += 3) barred.data[y * 480 + at] = Math.round(6 * Math.abs(Math.sin(y * 0.4)) * (y > 4 ? 5 : 0))
  const found = trimBorder(barred)
  t.ok(Math.abs((found?.top ?? 0) - 20) <= 1, JSON.stringify(found))
  t.end()
})

test('the bars of a dark picture are found, also where it starts darker still', t => {
  const bright = generatedPicture(160, 120, 2)
  const dark = bright.data.map(value => Math.floor(value / 8))
  const fading = bright.data.map((value, i) => Math.floor(value / 6 * Math.min(1, (8 + i / 480) / 40)))
  for (const data of [dark, fading]) {
    const found = trimBorder(framed({ ...bright, data }, { width: 160, height: 160 }, { left: 0, top: 20 }, [0, 0, 0]))
    t.ok(Math.abs((found?.top ?? 0) - 20) <= 1 && Math.abs((found?.height ?? 0) - 120) <= 1, JSON.stringify(found))
  }
  t.end()
})
