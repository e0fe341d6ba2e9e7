import type { Cell } from './bench.js'

/** A number as a reader wants it: three digits; a dash where there is none. */
export function numberText (value: number): string {
  if (!Number.isFinite(value)) return '–'
  if (Math.abs(value) >= 1_000) return Math.round(value).toLocaleString('en-US')
  return String(Number(value.toPrecision(3)))
}

export function cellText (cell: Cell): string {
  return typeof cell === 'string' ? cell : numberText(cell)
}
