import { test } from 'tap'
import { defaultListPolicy } from '../policy/list-policy.js'
import { searchPlan } from './lists.js'

test('a search is as wide as the widest list, and no wider', async t => {
  const narrow = { ...defaultListPolicy, pdqHoldDistance: 20, pdqBlockDistance: 20, videoFrameDistance: 12 }
  t.equal(searchPlan([narrow], 50).pdqUprightRadius, 20)
  t.equal(searchPlan([narrow], 50).pdqTurnedRadius, 20)
  t.equal(searchPlan([narrow, { ...narrow, pdqHoldDistance: 28 }], 50).pdqUprightRadius, 28)
  t.equal(searchPlan([narrow, { ...narrow, pdqQualityMin: 10 }], 50).pdqQualityMin, 10)
  t.equal(searchPlan([{ ...narrow, pdqHoldDistance: 0, pdqBlockDistance: 0, videoFrameDistance: 0 }], 50).pdqUprightRadius, 10, 'exclusion entries are still found')
  t.equal(searchPlan([], 50).pdqUprightRadius, defaultListPolicy.pdqHoldDistance)
})
