import { BenchUsageError } from './bench.js'

export interface Range {
  least: number
  most: number
}

/**
 * A flag's value as a whole number.
 * @throws BenchUsageError that says what the flag takes
 */
export function wholeNumber (flag: string, text: string, { least, most }: Range): number {
  // An empty text would be 0.
  const value = text.trim() === '' ? Number.NaN : Number(text)
  if (Number.isSafeInteger(value) && value >= least && value <= most) return value
  throw new BenchUsageError(`--${flag} cannot be '${text}': it takes a whole number ${rangeWords({ least, most })}.`)
}

/** A range as `--help` and messages name it. */
export function rangeWords ({ least, most }: Range): string {
  return `from ${least.toLocaleString('en-US')} to ${most.toLocaleString('en-US')}`
}
