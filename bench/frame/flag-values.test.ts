import { test } from 'tap'
import { BenchUsageError } from './bench.js'
import { wholeNumber } from './flag-values.js'

test('a whole number within its range, or one line that says what the flag takes', async t => {
  const range = { least: 1, most: 2_000 }
  t.equal(wholeNumber('films', '1e3', range), 1_000)
  for (const text of ['', ' ', 'x', '0', '-1', '1.5', '2001', 'NaN', 'Infinity']) {
    t.throws(() => wholeNumber('films', text, range), new BenchUsageError(`--films cannot be '${text}': it takes a whole number from 1 to 2,000.`))
  }
})
