import { test } from 'tap'
import { generatedPicture } from './generated-picture.test-support.js'
import { blockhashOf, pdqOf } from './hashes.test-support.js'
import type { Raster } from './raster.js'

const frame = 2

/** The raster with two more columns and rows all around, which repeat its edge. */
function framed ({ data, width, height, channels }: Raster): Raster {
  const wide: Raster = { width: width + 2 * frame, height: height + 2 * frame, channels, data: new Uint8Array((width + 2 * frame) * (height + 2 * frame) * channels) }
  const inside = (at: number, length: number): number => Math.max(0, Math.min(length - 1, at - frame))
  for (let y = 0; y < wide.height; y++) {
    for (let x = 0; x < wide.width; x++) {
      const from = (inside(y, height) * width + inside(x, width)) * channels
      wide.data.set(data.subarray(from, from + channels), (y * wide.width + x) * channels)
    }
  }
  return wide
}

test('a box that reaches beyond the raster takes what is missing from its edge', t => {
  const raster = generatedPicture(200, 150, 7)
  const native = { width: 2007, height: 1503 }
  for (const box of [{ left: 0, top: 0, width: 200.7, height: 150.3 }, { left: -0.7, top: -0.3, width: 200.7, height: 150.3 }]) {
    const shifted = { ...box, left: box.left + frame, top: box.top + frame }
    t.same(pdqOf(raster, native, box).hash, pdqOf(framed(raster), native, shifted).hash)
    t.same(blockhashOf(raster, box), blockhashOf(framed(raster), shifted))
  }
  for (const box of [{ left: 0, top: 0, width: 201.5, height: 150 }, { left: 0, top: -1.5, width: 200, height: 150 }]) {
    t.throws(() => pdqOf(raster, native, box))
    t.throws(() => blockhashOf(raster, box))
  }
  t.end()
})
