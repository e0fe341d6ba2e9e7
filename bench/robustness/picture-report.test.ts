import { test } from 'tap'
import { largeListTarget } from './picture-report.js'

test('the target about the large list names the list that was searched, and judges only one of the promised size', async t => {
  const outcome = { uploads: 100_000, blocked: 0, held: 0 }
  const rest = { distinct: outcome, edited: outcome, searches: 1, searchMs: 1 }
  t.match(largeListTarget({ ...rest, entries: 20_000 }), { group: /list of 20,000 made-up entries/, measured: /judged from 1,000,000 entries on/, reached: undefined })
  t.match(largeListTarget({ ...rest, entries: 1_000_000 }), { group: /list of 1,000,000 made-up entries/, reached: true })
})
