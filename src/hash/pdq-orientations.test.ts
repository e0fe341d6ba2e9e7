import fc from 'fast-check'
import { test } from 'tap'
import { hammingDistance } from './bits.js'
import { generatedPicture } from './generated-picture.test-support.js'
import { orientations, pdqOrientations, type Orientation } from './pdq-orientations.js'
import { orientedPdqOf, pdqOf } from './hashes.test-support.js'
import type { Raster } from './raster.js'

/** Where the turned picture's pixel (x, y) comes from, in a picture of `w` by `h`. */
const sources: Record<Orientation, (x: number, y: number, w: number, h: number) => [number, number]> = {
  upright: (x, y) => [x, y],
  rotate90: (x, y, _, h) => [y, h - 1 - x],
  rotate180: (x, y, w, h) => [w - 1 - x, h - 1 - y],
  rotate270: (x, y, w) => [w - 1 - y, x],
  flipVertical: (x, y, _, h) => [x, h - 1 - y],
  flipHorizontal: (x, y, w) => [w - 1 - x, y],
  transpose: (x, y) => [y, x],
  antiTranspose: (x, y, w, h) => [w - 1 - y, h - 1 - x]
}
const exchanging = new Set<Orientation>(['rotate90', 'rotate270', 'transpose', 'antiTranspose'])

function turn (raster: Raster, orientation: Orientation): Raster {
  const { width: w, height: h, channels } = raster
  const [width, height] = exchanging.has(orientation) ? [h, w] : [w, h]
  const data = new Uint8Array(raster.data.length)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [fromX, fromY] = sources[orientation](x, y, w, h)
      const from = (fromY * w + fromX) * channels
      data.set(raster.data.subarray(from, from + channels), (y * width + x) * channels)
    }
  }
  return { data, width, height, channels }
}

test('each orientation\'s hash is near that of the really turned picture, and upright is the hash itself', t => {
  const side = fc.integer({ min: 256, max: 400 })
  fc.assert(fc.property(side, side, fc.integer({ min: 1, max: 10_000 }), (width, height, seed) => {
    const raster = generatedPicture(width, height, seed)
    const upright = pdqOf(raster)
    const oriented = pdqOrientations(upright)
    t.same(oriented.map(({ orientation }) => orientation), orientations)
    t.same(oriented[0]?.hash, upright.hash)
    for (const { orientation, hash } of oriented) {
      t.ok(hammingDistance(hash, pdqOf(turn(raster, orientation)).hash) <= 24, `${orientation} ${width}x${height} ${seed}`)
    }
  }), { numRuns: 12, seed: 1 })
  t.end()
})

test('sampled from the other end, the hashes are those of the really turned picture', t => {
  const side = fc.oneof(fc.integer({ min: 40, max: 400 }), fc.constantFrom(128, 256, 512))
  fc.assert(fc.property(side, side, fc.integer({ min: 1, max: 10_000 }), (width, height, seed) => {
    const raster = generatedPicture(width, height, seed)
    for (const { orientation, hash } of orientedPdqOf(raster)) {
      t.ok(hammingDistance(hash, pdqOf(turn(raster, orientation)).hash) <= 2, `${orientation} ${width}x${height} ${seed}`)
    }
    const box = { left: 3, top: 5, width: width - 10, height: height - 11 }
    const native = { width: 3 * box.width, height: 2 * box.height }
    const mirrored = orientedPdqOf(raster, native, box).find(({ orientation }) => orientation === 'flipHorizontal')
    const turned = turn(raster, 'flipHorizontal')
    const expected = pdqOf(turned, native, { ...box, left: width - box.left - box.width })
    t.ok(mirrored !== undefined && hammingDistance(mirrored.hash, expected.hash) <= (native.width < 1024 ? 2 : 8), `a box of ${width}x${height} ${seed}`)
  }), { numRuns: 12, seed: 1 })
  const tiny = generatedPicture(4, 90)
  t.equal(orientedPdqOf(tiny).length, 8)
  t.end()
})
