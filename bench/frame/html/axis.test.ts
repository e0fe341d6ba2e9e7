import fc from 'fast-check'
import { test } from 'tap'
import { fullAxis, linearAxis, logAxis, tickText } from './axis.js'

test('a linear axis begins at zero and ends at a round number above the largest value', t => {
  const axis = linearAxis([3, 41], 5)
  t.strictSame(axis.ticks, [0, 10, 20, 30, 40, 50])
  t.equal(axis.at(0), 0)
  t.equal(axis.at(50), 1)
  t.strictSame(linearAxis([-3, 8], 5).ticks, [-5, 0, 5, 10])
  t.ok(linearAxis([], 2).ticks.length > 1, 'nothing measured still makes an axis')
  t.end()
})

test('a full axis ends with its last value', t => {
  const axis = fullAxis([256], 5)
  t.equal(axis.at(256), 1)
  t.ok(axis.ticks.every(tick => tick <= 256))
  t.end()
})

test('a logarithmic axis ends at 1, 2 or 5 times powers of ten around its values', t => {
  const axis = logAxis([12, 150_000], 10)
  t.equal(axis.at(10), 0)
  t.equal(axis.at(200_000), 1)
  t.strictSame(axis.ticks, [10, 100, 1000, 10_000, 100_000])
  t.strictSame(logAxis([2, 12], 9).ticks, [2, 5, 10, 20])
  t.strictSame(logAxis([5], 9).ticks, [5, 10], 'one value has an axis around it')
  t.ok(logAxis([], 9).ticks.length > 1)
  t.end()
})

test('every value has its place between the ends of its axis, and order is kept', t => {
  const positive = fc.double({ min: 1e-6, max: 1e12, noNaN: true })
  fc.assert(fc.property(fc.array(positive, { minLength: 1, maxLength: 20 }), fc.integer({ min: 2, max: 12 }), (values, wanted) => {
    for (const axis of [linearAxis(values, wanted), fullAxis(values, wanted), logAxis(values, wanted)]) {
      const places = [...values].sort((a, b) => a - b).map(axis.at)
      const inside = places.every((place, i) => place >= -1e-9 && place <= 1 + 1e-9 && place >= (places[i - 1] ?? -1))
      if (!inside || axis.ticks.length > 3 * wanted + 3) return false
    }
    return true
  }))
  t.end()
})

test('ticks are written short', t => {
  t.strictSame([0, 0.001, 0.5, 20, 1500, 20_000, 1_000_000, 2.5e9].map(tickText), ['0', '0.001', '0.5', '20', '1.5k', '20k', '1M', '2.5G'])
  t.end()
})
