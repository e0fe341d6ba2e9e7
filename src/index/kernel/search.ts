import { hSparse, lCandidates, lHits, lReach, lScanned, lSlots } from './layout'
import { gatherPlain, probePlain } from './plain-search'
import { closeQuery } from './ring'
import { scan } from './scan'
import { countListed, keepClose, probeSparse, sortSlots, verifyRows } from './sparse-search'

function searchPlain (base: usize, lane: usize, radius: u32, candidatesMax: u32): void {
  const candidates = probePlain(base, lane)
  store<u32>(lane + lCandidates, candidates)
  if (candidates > candidatesMax) scan(base, lane, radius)
  else gatherPlain(base, lane, radius)
}

function searchSparse (base: usize, lane: usize, radius: u32, candidatesMax: u32): void {
  const slotsEnd = probeSparse(base, lane)
  keepClose(base, lane)
  const rowsEnd = sortSlots(base, lane)
  const candidates = <u32>((slotsEnd - lane - lSlots) >> 2) + countListed(base, lane)
  store<u32>(lane + lCandidates, candidates)
  if (candidates > candidatesMax) scan(base, lane, radius)
  else verifyRows(base, lane, radius, rowsEnd)
}

/**
 * Multi-index hashing (Norouzi, Punjani, Fleet 2012) with a flip limit for each table: when the limits plus one add up to the
 * radius plus one, no row within the radius can escape every table. More than `candidatesMax` candidates cost more than to
 * compare every row, and then that is done.
 */
export function search (base: usize, lane: usize, radius: u32, candidatesMax: u32): void {
  store<u32>(lane + lHits, 0)
  store<u32>(lane + lScanned, 0)
  store<u32>(lane + lReach, radius)
  closeQuery(base, lane)
  if (load<u32>(base + hSparse) != 0) searchSparse(base, lane, radius, candidatesMax)
  else searchPlain(base, lane, radius, candidatesMax)
}
