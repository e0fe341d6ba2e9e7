import { flipsMax, probesMax } from './kernel/layout.js'
import type { TableLayout } from './table-layout.js'

/**
 * Where there are more candidates than random rows would give, they are true matches, each found by many tables; such a candidate
 * costs up to this many rows of a scan. With this limit the tables never cost much more than the scan that they avoid.
 */
const matchCost = 32

/**
 * Costs of one step in units of comparing one row in a linear scan, fitted to measured searches of 3,000 to a million rows
 * (`docs/design/index.md`). They only decide which of two exact ways is taken.
 */
const stepCosts = {
  plain: { probe: 10, candidate: 2.5 },
  sparse: { probe: 2.5, candidate: 25 }
}

export interface FlipPlan {
  /** For each table the most flips, -1 to leave the table out. */
  flips: Int32Array
  /** False when comparing every row is cheaper from the start. */
  useTables: boolean
  /** From so many candidates on, comparing every row is cheaper than to verify them. */
  candidatesMax: number
}

/** Tables as a search sees them. */
export type SearchTables = Pick<TableLayout, 'bucketWidths' | 'sparse'>

/** How a segment of `rows` rows with these tables is searched within `radius`. */
export type FlipPlanner = (tables: SearchTables, rows: number, radius: number) => FlipPlan

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
export const planFlips: FlipPlanner = ({ bucketWidths, sparse }, rows, radius) => {
  const base = Math.floor((radius + 1) / bucketWidths.length)
  const larger = (radius + 1) % bucketWidths.length
  const flips = Int32Array.from(bucketWidths, (_, table) => table < larger ? base : base - 1)
  const probes = bucketWidths.map((width, table) => masksOf(width, flips[table] ?? 0))
  const probesAll = probes.reduce((sum, count) => sum + count, 0)
  const candidates = probes.reduce((sum, count, table) => sum + count * rows / 2 ** (bucketWidths[table] ?? 0), 0)
  const feasible = Math.max(...flips) <= flipsMax && probesAll <= probesMax
  const cost = stepCosts[sparse ? 'sparse' : 'plain']
  return {
    flips,
    useTables: feasible && probesAll * cost.probe + candidates * cost.candidate < rows,
    candidatesMax: Math.floor(Math.max(rows / matchCost, 2 * candidates))
  }
}
