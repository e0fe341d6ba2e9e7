import { test } from 'tap'
import { hammingDistance } from './bits.js'
import { cropBox, crops, listCrops, nativeSizeOf, lacksEdge, withoutEdge } from './crops.js'
import { generatedPicture } from './generated-picture.test-support.js'
import { pdqOf } from './hashes.test-support.js'
import { wholeBox } from './raster.js'
import { resizeRaster } from './resize.test-support.js'

test('there are 16 different crops that keep most of the picture', t => {
  t.equal(crops.length, 16)
  t.equal(new Set(crops.map(crop => JSON.stringify(crop))).size, 16)
  for (const box of listCrops({ left: 10, top: 20, width: 200, height: 100 })) {
    t.ok(box.left >= 10 && box.top >= 20 && box.width >= 170 && box.height >= 85)
    t.ok(box.left + box.width <= 210 && box.top + box.height <= 120)
  }
  t.end()
})

test('each side of a crop removes its share of that side', t => {
  const box = cropBox({ left: 10, top: 20, width: 200, height: 100 }, { left: 0.01, top: 0.02, right: 0.04, bottom: 0.08 })
  t.same(box, { left: 12, top: 22, width: 190, height: 90 })
  t.same(nativeSizeOf(box, { width: 256, height: 128 }, { width: 1024, height: 256 }), { width: 760, height: 180 })
  t.end()
})

test('the set of crops is its own mirror image', t => {
  const texts = new Set(crops.map(({ left, top, right, bottom }) => [left, top, right, bottom].join(' ')))
  for (const { left, top, right, bottom } of crops) {
    t.ok(texts.has([right, top, left, bottom].join(' ')))
    t.ok(texts.has([top, left, bottom, right].join(' ')))
  }
  t.end()
})

test('a cropped upload is near the crop of the known picture', t => {
  const known = generatedPicture(640, 480, 11)
  const raster = resizeRaster(known, { width: 256, height: 256 })
  const cuts = listCrops(wholeBox(known))
  for (const [index, box] of listCrops(wholeBox(raster)).entries()) {
    const listed = pdqOf(raster, nativeSizeOf(box, raster, known), box)
    const cut = cuts[index] ?? wholeBox(known)
    const upload = resizeRaster(known, nativeSizeOf(cut, known, known), cut)
    t.ok(hammingDistance(listed.hash, pdqOf(upload).hash) <= 16)
  }
  t.end()
})

test('without an edge, three quarters remain, and what stood in a corner is gone from one of the two', t => {
  const parts = withoutEdge({ left: 10, top: 20, width: 200, height: 100 })
  t.same(parts.map(({ name }) => name), ['withoutTop', 'withoutBottom'])
  t.same(['withoutTop', 'withoutBottomOnBlack', 'whole', 'crop01', undefined].map(lacksEdge), [true, true, false, false, false])
  t.same(parts.map(({ box }) => box.width * box.height), [15_000, 15_000])
  for (const [x, y] of [[10, 20], [209, 20], [10, 119], [209, 119]] as const) {
    const holding = parts.filter(({ box }) => x >= box.left && x < box.left + box.width && y >= box.top && y < box.top + box.height)
    t.equal(holding.length, 1)
  }
  t.end()
})
