import { test } from 'tap'
import { median } from './median.js'

test('the middle value, or the mean of the two', t => {
  t.equal(median([9, 1, 5]), 5)
  t.equal(median([9, 1, 5, 6]), 5.5)
  t.equal(median([4]), 4)
  t.ok(Number.isNaN(median([])))
  t.end()
})
