import fc from 'fast-check'
import { test } from 'tap'
import { KeersluisError } from '../errors.js'
import { generatedPicture } from './generated-picture.test-support.js'
import { resizeRaster } from './resize.test-support.js'

test('the same size gives the same pixels, a whole-pixel box the cut-out ones', t => {
  const raster = generatedPicture(40, 30, 2)
  t.same(resizeRaster(raster, { width: 40, height: 30 }), raster)
  const cut = resizeRaster(raster, { width: 3, height: 2 }, { left: 5, top: 7, width: 3, height: 2 })
  const rows = [7, 8].map(y => raster.data.subarray((y * 40 + 5) * 3, (y * 40 + 8) * 3))
  t.same(cut.data, Buffer.concat(rows))
  t.end()
})

test('halving takes the mean of four pixels', t => {
  const raster = { data: Uint8Array.of(0, 10, 20, 30), width: 2, height: 2, channels: 1 as const }
  t.same(resizeRaster(raster, { width: 1, height: 1 }).data, Uint8Array.of(15))
  t.same(resizeRaster(raster, { width: 1, height: 1 }, { left: 0.5, top: 0, width: 1, height: 1 }).data, Uint8Array.of(5))
  t.end()
})

test('the mean brightness survives any size', t => {
  const side = fc.integer({ min: 1, max: 90 })
  const mean = (data: Uint8Array): number => data.reduce((sum, value) => sum + value, 0) / data.length
  fc.assert(fc.property(side, side, side, side, fc.constantFrom(1 as const, 3 as const), (w, h, width, height, channels) => {
    const raster = generatedPicture(w, h, w + h, channels)
    t.ok(Math.abs(mean(resizeRaster(raster, { width, height }).data) - mean(raster.data)) <= 0.51)
  }))
  t.end()
})

test('a box outside the raster throws', t => {
  const raster = generatedPicture(10, 10)
  t.throws(() => resizeRaster(raster, { width: 4, height: 4 }, { left: 8, top: 0, width: 4, height: 4 }), KeersluisError)
  t.throws(() => resizeRaster(raster, { width: 4, height: 4 }, { left: 0, top: 0, width: 0, height: 4 }), KeersluisError)
  t.end()
})
