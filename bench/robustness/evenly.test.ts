import { test } from 'tap'
import { evenly } from './evenly.js'

test('a sample comes from all over, has its size, and is everything where there is less', async t => {
  const hundred = Array.from({ length: 100 }, (_, index) => index)
  t.strictSame(evenly(hundred, 4), [24, 49, 74, 99])
  t.strictSame(evenly(hundred, 200), hundred)
  t.strictSame(evenly([], 5), [])
  for (let length = 1; length < 200; length++) t.equal(evenly(Array.from({ length }), 1).length, 1)
})
