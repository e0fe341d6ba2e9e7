import { test } from 'tap'
import { cellText } from './cell.js'

test('cells show three digits, and a dash where there is no number', t => {
  const shown: Array<[number | string, string]> = [
    [0, '0'], [0.9342, '0.934'], [12.345, '12.3'], [999.9, '1000'], [1234.5, '1,235'], [20_000_000, '20,000,000'], [-1234, '-1,234'],
    [0.00012345, '0.000123'], [1e-9, '1e-9'], [Number.NaN, '–'], [Infinity, '–'], ['as it is', 'as it is']
  ]
  for (const [cell, text] of shown) t.equal(cellText(cell), text)
  t.end()
})
