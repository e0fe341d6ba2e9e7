import { test } from 'tap'
import { median, percentile } from './percentiles.js'

test('the middle value, or the mean of the two', t => {
  t.equal(median([9, 1, 5]), 5)
  t.equal(median([9, 1, 5, 6]), 5.5)
  t.equal(median([4]), 4)
  t.ok(Number.isNaN(median([])))
  t.end()
})

test('a percentile is a value that was measured', t => {
  const hundred = Array.from({ length: 100 }, (_, i) => i + 1)
  t.same([0, 0.5, 0.99, 1].map(share => percentile(hundred, share)), [1, 51, 100, 100])
  t.ok(Number.isNaN(percentile([], 0.5)))
  t.end()
})
