import { test } from 'tap'
import { masksOf, planFlips } from './flip-plan.js'
import { layoutFor } from './table-layout.js'

test('the limits of the tables use up the radius exactly: nothing within it can escape, and nothing is probed in vain', async (t) => {
  for (const rows of [1_000, 500_000, 1_000_000, 10_000_000]) {
    const layout = layoutFor(rows)
    t.equal(layout.widths.reduce((sum, width) => sum + width, 0), 256)
    for (let radius = 0; radius <= 64; radius++) {
      const { flips } = planFlips(layout, rows, radius)
      if (flips.reduce((sum, limit) => sum + limit + 1, 0) !== radius + 1) t.fail(`radius ${radius} is not covered`)
    }
  }
})

test('tables are used where they are cheaper than comparing every row', async (t) => {
  t.notOk(planFlips(layoutFor(1_000), 1_000, 31).useTables)
  for (const rows of [100_000, 1_000_000, 10_000_000]) {
    t.ok(planFlips(layoutFor(rows), rows, 31).useTables)
    t.notOk(planFlips(layoutFor(rows), rows, 64).useTables)
  }
})

test('ways to turn bits', async (t) => {
  t.equal(masksOf(24, -1), 0)
  t.equal(masksOf(24, 0), 1)
  t.equal(masksOf(24, 2), 1 + 24 + 276)
})
