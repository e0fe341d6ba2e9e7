/** A share of `of` trials with its 95 % interval by Wilson's score (E. B. Wilson, 1927), which also holds at 0 and at 1. */
export interface Rate {
  hits: number
  of: number
  share: number
  low: number
  high: number
}

/** Two-sided 95 % of the normal distribution. */
const z = 1.959964

export function rateOf (hits: number, of: number): Rate {
  if (of === 0) return { hits, of, share: Number.NaN, low: 0, high: 1 }
  const share = hits / of
  const scale = 1 / (1 + z * z / of)
  const middle = (share + z * z / (2 * of)) * scale
  const spread = z * scale * Math.sqrt(share * (1 - share) / of + z * z / (4 * of * of))
  // At the ends the interval touches 0 and 1 exactly; floating point does not.
  return { hits, of, share, low: hits === 0 ? 0 : middle - spread, high: hits === of ? 1 : middle + spread }
}

/** Whether the interval lies on one side of what is wanted; `undefined` where n is too small to say. */
export function isAtLeast (rate: Rate, wanted: number): boolean | undefined {
  if (rate.low >= wanted) return true
  return rate.high < wanted ? false : undefined
}

export function isBelow (rate: Rate, limit: number): boolean | undefined {
  if (rate.high < limit) return true
  return rate.low >= limit ? false : undefined
}

export const tooSmall = 'n too small to judge'

/** Nearly all is not said to be all: more digits are shown where these would round it up. */
export function percent (share: number, digits = 1): string {
  if (!Number.isFinite(share)) return '-'
  const text = (share * 100).toFixed(digits)
  return share < 1 && Number(text) === 100 && digits < 4 ? percent(share, digits + 1) : `${text} %`
}

export function interval ({ low, high }: Rate): string {
  return `${(low * 100).toFixed(1)} to ${(high * 100).toFixed(1)} %`
}
