import { test } from 'tap'
import { Tally } from './outcomes.js'
import { largeListTarget, stoppedOf, worstTarget } from './picture-report.js'

test('the target about the large list names the list that was searched, and judges only one of the promised size', async t => {
  const outcome = { uploads: 100_000, blocked: 0, held: 0 }
  const rest = { distinct: outcome, edited: outcome, searches: 1, searchMs: 1 }
  t.match(largeListTarget({ ...rest, entries: 20_000 }), { group: /list of 20,000 made-up entries/, measured: /judged from 1,000,000 entries on/, reached: undefined })
  t.match(largeListTarget({ ...rest, entries: 1_000_000 }), { group: /list of 1,000,000 made-up entries/, reached: true })
})

test('a target about many edits names the worst of them, one about a single tally names none', async t => {
  const tally = (hits: number, misses: number): Tally => {
    const made = new Tally()
    for (let i = 0; i < hits; i++) made.add('block')
    for (let i = 0; i < misses; i++) made.add('miss')
    return made
  }
  const edits = [{ edit: { name: 'good one' }, tally: tally(2_000, 0) }, { edit: { name: 'bad one' }, tally: tally(1_500, 500) }]
  const name = { what: 'blocked', group: 'drawn pictures' }
  t.match(worstTarget(name, 0.8, edits, stoppedOf), { ...name, measured: '75.0 % of 2,000 at worst (bad one); 95 % interval 73.1 to 76.8 %', reached: false })
  t.match(worstTarget(name, 0.8, [{ edit: { name: 'all' }, tally: Tally.sum(edits.map(one => one.tally)) }], stoppedOf), {
    measured: /^87\.5 % of 4,000; 95 % interval [\d.]+ to [\d.]+ %$/, reached: true
  })
})
