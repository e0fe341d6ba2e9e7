import { test } from 'tap'
import { cellText, judgedText } from './cell.js'

test('cells show three digits, and a dash where there is no number', t => {
  const shown: Array<[number | string, string]> = [
    [0, '0'], [0.9342, '0.934'], [12.345, '12.3'], [999.9, '1000'], [1234.5, '1,235'], [20_000_000, '20,000,000'], [-1234, '-1,234'],
    [0.00012345, '0.000123'], [1e-9, '1e-9'], [Number.NaN, '–'], [Infinity, '–'], ['as it is', 'as it is']
  ]
  for (const [cell, text] of shown) t.equal(cellText(cell), text)
  t.end()
})

test('a number beside its bound shows on which side it is', t => {
  const shown: Array<[value: number, bound: number, text: string]> = [
    [3.996, 4, '3.996'], [4.0004, 4, '4.0004'], [4, 4, '4'], [4.77, 4, '4.77'], [0.8996, 0.9, '0.8996'], [0.95, 0.9, '0.95'], [1.3012, 1.3, '1.301'], [19_000, 20_000, '19,000'], [Number.NaN, 1, '–']
  ]
  for (const [value, bound, text] of shown) t.equal(judgedText(value, bound), text)
  t.end()
})
