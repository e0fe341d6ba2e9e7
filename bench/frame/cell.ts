import type { Cell } from './bench.js'

/** A number as a reader wants it: three digits; a dash where there is none. */
export function numberText (value: number): string {
  if (!Number.isFinite(value)) return '–'
  if (Math.abs(value) >= 1_000) return Math.round(value).toLocaleString('en-US')
  return digitsText(value, 3)
}

/** A number that is judged by a bound: with as many digits as it takes to tell the two apart. */
export function judgedText (value: number, bound: number): string {
  for (let digits = 3; digits < 8; digits++) {
    if (digitsText(value, digits) !== digitsText(bound, digits)) return digits === 3 ? numberText(value) : digitsText(value, digits)
  }
  return numberText(value)
}

function digitsText (value: number, digits: number): string {
  return String(Number(value.toPrecision(digits)))
}

export function cellText (cell: Cell): string {
  return typeof cell === 'string' ? cell : numberText(cell)
}
