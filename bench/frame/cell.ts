import type { Cell } from './bench.js'

/** A number as a reader wants it: three digits, no powers of ten; a dash where there is none. */
export function numberText (value: number): string {
  if (!Number.isFinite(value)) return '–'
  if (Math.abs(value) >= 1_000) return Math.round(value).toLocaleString('en-US')
  const text = value.toPrecision(3)
  // Below a millionth, powers of ten are shorter than zeros.
  return text.includes('e') ? text : String(Number(text))
}

export function cellText (cell: Cell): string {
  return typeof cell === 'string' ? cell : numberText(cell)
}
