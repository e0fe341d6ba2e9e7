import fc from 'fast-check'
import sharp from 'sharp'
import { test } from 'tap'
import { isTransparent, jpegRasterPlanOf, rasterSizeOf, toRgb, turnBoxUpright, turnUpright } from './raster-work.js'

test('all orientations as libvips turns them', async t => {
  const width = 3
  const height = 2
  const data = new Uint8Array(width * height * 3).map((_, index) => index * 10)
  for (let orientation = 1; orientation <= 8; orientation++) {
    const jpegless = await sharp(data, { raw: { width, height, channels: 3 } }).withMetadata({ orientation }).tiff({ compression: 'none' }).toBuffer()
    const expected = await sharp(jpegless).autoOrient().raw().toBuffer({ resolveWithObject: true })
    const turned = turnUpright({ data, width, height, channels: 3 }, orientation)
    t.same([turned.width, turned.height], [expected.info.width, expected.info.height], `size ${orientation}`)
    t.same([...turned.data], [...expected.data], `pixels ${orientation}`)
  }
  const pixels = { data, width, height, channels: 3 }
  for (const nonsense of [0, 9, -1, NaN]) t.equal(turnUpright(pixels, nonsense), pixels)
})

test('what shines through', async t => {
  const grey = { data: Uint8Array.of(100, 255, 100, 0), width: 2, height: 1, channels: 2 }
  t.equal(isTransparent(grey), true)
  t.same([...toRgb(grey, 255).data], [100, 100, 100, 255, 255, 255])
  t.same([...toRgb(grey, 0).data], [100, 100, 100, 0, 0, 0])
  const half = { data: Uint8Array.of(200, 100, 0, 51), width: 1, height: 1, channels: 4 }
  t.same([...toRgb(half, 255).data], [244, 224, 204])
  t.equal(isTransparent({ data: Uint8Array.of(1, 2, 3, 252), width: 1, height: 1, channels: 4 }), false, 'as good as opaque')
  t.equal(isTransparent({ data: Uint8Array.of(1, 2, 3), width: 1, height: 1, channels: 3 }), false)
  t.same([...toRgb({ data: Uint8Array.of(7, 9), width: 2, height: 1, channels: 1 }, 255).data], [7, 7, 7, 9, 9, 9])
})

test('the raster of a JPEG leaves its shrink on load no doubt, and loses few lines', t => {
  t.same(jpegRasterPlanOf({ width: 1632, height: 1224 }), { raster: { width: 256, height: 244 } })
  t.same(jpegRasterPlanOf({ width: 4000, height: 3000 }), { raster: { width: 256, height: 256 } })
  t.same(jpegRasterPlanOf({ width: 516, height: 516 }), { raster: { width: 256, height: 256 } }, 'too few lines would be left')
  t.same(jpegRasterPlanOf({ width: 2048, height: 2048 }), { raster: { width: 227, height: 227 } })
  const side = fc.integer({ min: 1, max: 9000 })
  fc.assert(fc.property(side, side, (width, height) => {
    const { raster, extent } = jpegRasterPlanOf({ width, height })
    const plain = rasterSizeOf({ width, height })
    if (raster.width !== plain.width || raster.height !== plain.height) {
      t.ok(Math.min(raster.width, raster.height) >= 192 && raster.width <= plain.width && raster.height <= plain.height)
      t.notOk([1, 2, 4, 8].includes(Math.floor(Math.min(width / raster.width, height / raster.height))))
    }
    if (extent === undefined) return
    t.same([extent.left, extent.top], [0, 0])
    for (const beyond of [extent.width - raster.width, extent.height - raster.height]) t.ok(beyond >= 0 && beyond < 1)
  }), { numRuns: 3000, seed: 1 })
  t.end()
})

test('where the whole picture lies, turned as the pixels are', t => {
  const stored = { width: 200, height: 100 }
  const extent = { left: 0, top: 0, width: 200.5, height: 100.25 }
  const beyond = (orientation: number): number[] => {
    const { left, top, width, height } = turnBoxUpright(extent, stored, orientation)
    const [columns, rows] = orientation >= 5 ? [100, 200] : [200, 100]
    return [-left, -top, left + width - columns, top + height - rows]
  }
  // Left, top, right, bottom.
  t.same(beyond(1), [-0, -0, 0.5, 0.25])
  t.same(beyond(2), [0.5, -0, 0, 0.25])
  t.same(beyond(3), [0.5, 0.25, 0, 0])
  t.same(beyond(4), [-0, 0.25, 0.5, 0])
  t.same(beyond(5), [-0, -0, 0.25, 0.5])
  t.same(beyond(6), [0.25, -0, 0, 0.5])
  t.same(beyond(7), [0.25, 0.5, 0, 0])
  t.same(beyond(8), [-0, 0.5, 0.25, 0])
  t.end()
})
