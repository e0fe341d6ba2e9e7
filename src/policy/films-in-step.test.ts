import fc from 'fast-check'
import { test } from 'tap'
import { countInStep, type FilmMoment, type Seed, type StepRule } from './films-in-step.js'

const rule: StepRule = { videoStepDistance: 64, videoStepFramesMin: 3, videoFramesApartS: 1, videoFramesApartBits: 31 }

/** A look of its own for every number: any two differ in half of their bits, give or take a few. */
function look (number: number): Uint8Array {
  let state = (number + 1) * 2654435761 >>> 0
  return Uint8Array.from({ length: 32 }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state >>> 24
  })
}

/** The same look with its first bits turned. */
function turned (value: Uint8Array, bits: number): Uint8Array {
  return value.map((byte, index) => byte ^ (bits >= (index + 1) * 8 ? 255 : bits > index * 8 ? (1 << bits - index * 8) - 1 : 0))
}

function moment (timeS: number, ...pdq: Uint8Array[]): FilmMoment {
  return { timeS, pdq }
}

/** One look a second. */
const item = Array.from({ length: 10 }, (_, second) => moment(second, look(second)))

/** A copy of the item that begins `shiftS` later, every frame `bits` off. */
function copy (seconds: readonly number[], bits: number, shiftS = 0): FilmMoment[] {
  return seconds.map(second => moment(second + shiftS, turned(look(second), bits)))
}

const start: Seed[] = [{ uploadS: 0, itemS: 0 }]

test('frames that agree at their own time count, up to the distance', async t => {
  t.equal(countInStep(copy([0, 1, 2], 64), item, start, rule), 3)
  t.equal(countInStep(copy([0, 1, 2], 65), item, start, rule), 0)
  t.equal(countInStep([...copy([0, 1], 64), ...copy([2], 65)], item, start, rule), 2)
})

test('counting ends where it is enough', async t => {
  t.equal(countInStep(copy([0, 1, 2, 3, 4, 5], 10), item, start, rule), 3)
  t.equal(countInStep(copy([0, 1, 2, 3, 4, 5], 10), item, start, { ...rule, videoStepFramesMin: 100 }), 6)
})

test('frames that agree with another time do not count', async t => {
  const shuffled = [moment(0, look(0)), moment(1, look(5)), moment(2, look(8)), moment(3, look(1))]
  t.equal(countInStep(shuffled, item, start, rule), 1)
})

test('a quarter of a second is in step, more is not', async t => {
  const sharp = Array.from({ length: 40 }, (_, index) => moment(index / 8, look(index)))
  const late = (byS: number): FilmMoment[] => [0, 1.5, 3].map(timeS => moment(timeS + (timeS > 0 ? byS : 0), look(timeS * 8)))
  t.equal(countInStep(late(0.25), sharp, start, rule), 3)
  t.equal(countInStep(late(0.5), sharp, start, rule), 1)
})

test('a moment of the known film holds until the next one', async t => {
  const still = [moment(0, look(0)), moment(6, look(6))]
  t.equal(countInStep([moment(5, look(0)), moment(6.2, look(6))], still, start, rule), 2)
})

test('nothing is shown before the known film or after its end', async t => {
  const late = [{ uploadS: 20, itemS: 9 }]
  t.equal(countInStep([moment(20, look(9)), moment(22, look(9))], item, late, rule), 1)
  t.equal(countInStep([moment(8, look(0)), moment(20, look(9))], item, late, rule), 1)
})

test('a picture that stands still is one frame, however long', async t => {
  const still = [moment(0, look(0))]
  t.equal(countInStep(copy([0, 0, 0], 4).map((one, index) => ({ ...one, timeS: index })), still, start, rule), 1)
  t.equal(countInStep(copy([0, 1, 2], 4).map((one, index) => ({ ...one, timeS: index / 4 })), item.map((one, index) => ({ ...one, timeS: index / 4 })), start, rule), 1, 'frames too close in time')
})

test('any variant of a frame may agree', async t => {
  const upload = [0, 1, 2].map(second => moment(second, look(second + 50), look(second)))
  t.equal(countInStep(upload, item, start, rule), 3)
})

test('another seed may be the right one, but not beyond the eighth offset', async t => {
  const wrong = (count: number): Seed[] => Array.from({ length: count }, (_, index) => ({ uploadS: 100 + index, itemS: 0 }))
  t.equal(countInStep(copy([0, 1, 2], 10), item, [...wrong(7), ...start], rule), 3)
  t.equal(countInStep(copy([0, 1, 2], 10), item, [...wrong(8), ...start], rule), 0)
})

test('a shift of the whole upload changes nothing', async () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 100 }), fc.uniqueArray(fc.integer({ min: 0, max: 9 }), { minLength: 1 }), fc.integer({ min: 0, max: 80 }), (shiftS, seconds, bits) => {
    const sorted = seconds.sort((a, b) => a - b)
    const [first = 0] = sorted
    const count = (shift: number): number => countInStep(copy(sorted, bits, shift), item, [{ uploadS: first + shift, itemS: first }], rule)
    return count(shiftS) === count(0) && count(0) === (bits <= 64 ? Math.min(3, sorted.length) : 0)
  }))
})

test('films that have nothing in common are never in step', async () => {
  fc.assert(fc.property(fc.integer({ min: 20, max: 1_000_000 }), fc.integer({ min: 0, max: 9 }), (from, itemS) => {
    const stranger = Array.from({ length: 10 }, (_, second) => moment(second, look(from + second)))
    return countInStep(stranger, item, [{ uploadS: 4, itemS }], rule) === 0
  }))
})

test('an empty film is in step with nothing', async t => {
  t.equal(countInStep([], item, start, rule), 0)
  t.equal(countInStep(copy([0, 1], 0), [], start, rule), 0)
  t.equal(countInStep(copy([0, 1], 0), item, [], rule), 0)
})
