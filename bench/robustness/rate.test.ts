import { test } from 'tap'
import { isAtLeast, isBelow, percent, rateOf } from './rate.js'

test('the interval is that of the Wilson score', async t => {
  // Worked by hand from the formula with z = 1.96: 8 of 10.
  const { share, low, high } = rateOf(8, 10)
  t.equal(share, 0.8)
  t.ok(Math.abs(low - 0.4902) < 0.0005 && Math.abs(high - 0.9433) < 0.0005)
})

test('the ends hold without a trial that failed, or any trial', async t => {
  t.match(rateOf(50, 50), { share: 1, high: 1 })
  t.match(rateOf(0, 50), { share: 0, low: 0 })
  t.ok(rateOf(50, 50).low < 0.95)
  t.match(rateOf(0, 0), { low: 0, high: 1 })
})

test('a rate is judged only where its whole interval lies on one side', async t => {
  t.equal(isAtLeast(rateOf(1000, 1000), 0.98), true)
  t.equal(isAtLeast(rateOf(100, 100), 0.98), undefined)
  t.equal(isAtLeast(rateOf(900, 1000), 0.98), false)
  t.equal(isBelow(rateOf(0, 10_000), 0.001), true)
  t.equal(isBelow(rateOf(0, 100), 0.001), undefined)
  t.equal(isBelow(rateOf(50, 1000), 0.001), false)
})

test('nearly all is not printed as all', async t => {
  t.equal(percent(1), '100.0 %')
  t.equal(percent(0.9986), '99.9 %')
  t.equal(percent(12576 / 12580), '99.97 %')
  t.equal(percent(0.00095, 3), '0.095 %')
  t.equal(percent(Number.NaN), '-')
})
