import { flipsMax, probesMax } from './kernel/layout.js'

/**
 * Where there are more candidates than random rows would give, they are true matches, each found by many tables; such a candidate
 * costs up to this many rows of a scan. With this limit the tables never cost much more than the scan that they avoid.
 */
const matchCost = 64

/**
 * Costs of one step in units of comparing one row in a linear scan, fitted to `bench/index/` (`docs/design/index.md`). They
 * only decide which of two exact ways is taken.
 */
const probeCost = 8
const candidateCost = 32

export interface FlipPlan {
  /** For each table the most flips, -1 to leave the table out. */
  flips: Int32Array
  /** False when comparing every row is cheaper from the start. */
  useTables: boolean
  /** From so many candidates on, comparing every row is cheaper than to verify them. */
  candidatesMax: number
}

/** How a segment of `rows` rows with tables of these widths is searched within `radius`. */
export type FlipPlanner = (widths: readonly number[], rows: number, radius: number) => FlipPlan

/** How many of `width` bits can be turned in at most `flips` ways. */
export function masksOf (width: number, flips: number): number {
  let masks = 0
  let ways = 1
  for (let turned = 0; turned <= flips; turned++) {
    masks += ways
    ways = ways * (width - turned) / (turned + 1)
  }
  return masks
}

/**
 * Shares the radius out among the tables. By the pigeonhole principle a row within the radius is within the limit of some table
 * when the limits plus one add up to the radius plus one; the widest tables, which come first, take the larger limits.
 */
export const planFlips: FlipPlanner = (widths, rows, radius) => {
  const base = Math.floor((radius + 1) / widths.length)
  const larger = (radius + 1) % widths.length
  const flips = Int32Array.from(widths, (_, table) => table < larger ? base : base - 1)
  const probes = widths.map((width, table) => masksOf(width, flips[table] ?? 0))
  const probesAll = probes.reduce((sum, count) => sum + count, 0)
  const candidates = probes.reduce((sum, count, table) => sum + count * rows / 2 ** (widths[table] ?? 0), 0)
  const feasible = Math.max(...flips) <= flipsMax && probesAll <= probesMax
  return {
    flips,
    useTables: feasible && probesAll * probeCost + candidates * candidateCost < rows,
    candidatesMax: Math.floor(Math.max(rows / matchCost, 2 * candidates))
  }
}
