import sharp from 'sharp'
import { test } from 'tap'
import { isTransparent, toRgb, turnUpright } from './raster-work.js'

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
