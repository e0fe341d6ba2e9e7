import fc from 'fast-check'
import { test } from 'tap'
import { framed } from './framed.test-support.js'
import { generatedPicture } from './generated-picture.test-support.js'
import { trimMargins } from './margins.js'

const share = fc.integer({ min: 3, max: 50 })
const plain = fc.constantFrom([255, 255, 255], [0, 0, 0], [190, 196, 203], [30, 60, 140])

test('what is plain around a thing goes, with bars around it and without, whatever their colours', t => {
  fc.assert(fc.property(share, share, share, share, plain, plain, fc.boolean(), fc.integer({ min: 1, max: 300 }), (left, top, right, bottom, wall, bars, isLetterbox, seed) => {
    const thing = generatedPicture(100, 80, seed)
    const picture = framed(thing, { width: left + 100 + right, height: top + 80 + bottom }, { left, top }, wall, 3)
    const [across, down] = isLetterbox ? [0, 25] : [25, 0]
    const barred = framed(picture, { width: picture.width + 2 * across, height: picture.height + 2 * down }, { left: across, top: down }, bars, 1)
    const found = [trimMargins(picture), trimMargins(barred)]
    // A line of the thing may itself be plain.
    for (const [box, x, y] of [[found[0], left, top], [found[1], left + across, top + down]] as const) {
      const isThing = box !== undefined && box.left >= x && box.top >= y && box.left + box.width <= x + 100 && box.top + box.height <= y + 80 && box.width >= 90 && box.height >= 70
      t.ok(isThing, JSON.stringify({ left, top, right, bottom, wall, bars, isLetterbox, seed, box }))
    }
    t.match(found[1], { width: found[0]?.width, height: found[0]?.height })
  }), { numRuns: 60, seed: 1 })
  t.end()
})

test('soft shade and grain are plain, a thing that reaches over a fiftieth of a line is not', t => {
  const shaded = framed(generatedPicture(100, 80, 2), { width: 200, height: 160 }, { left: 50, top: 40 }, [128, 128, 128], 15)
  t.match(trimMargins(shaded), { left: 50, top: 40, width: 100, height: 80 })
  // A post from the thing to the upper edge: 2 of 200 samples are plain, 6 are not.
  for (const [width, top] of [[2, 40], [6, 0]] as const) {
    const posted = { ...shaded, data: shaded.data.slice() }
    for (let y = 0; y < 40; y++) for (let x = 100; x < 100 + width; x++) posted.data.fill(255, (y * 200 + x) * 3, (y * 200 + x) * 3 + 3)
    t.match(trimMargins(posted), { top }, `${width} samples`)
  }
  t.end()
})

test('a picture without margins, a flat one and a sliver have none', t => {
  for (let seed = 1; seed <= 10; seed++) t.equal(trimMargins(generatedPicture(256, 256, seed)), undefined)
  const flat = { data: new Uint8Array(100 * 80).fill(40), width: 100, height: 80, channels: 1 } as const
  t.equal(trimMargins(flat), undefined)
  t.equal(trimMargins(framed(generatedPicture(20, 200), { width: 300, height: 200 }, { left: 140, top: 0 }, [0, 0, 0])), undefined)
  t.throws(() => trimMargins({ ...flat, width: 99 }), { code: 'internal' })
  t.end()
})
