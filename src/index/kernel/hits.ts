import {
  hEntryIds, hRows, hSharedDirectory, hSharedIds, hSharedRows, hTombstones,
  lBit, lHeap, lHits, lHitsMax, lReach, lStopAtFirst, lWanted
} from './layout'

/** The index into the shared directory of a row that is known to be in it. */
function sharedIndex (base: usize, row: u32): u32 {
  const directory: usize = load<u32>(base + hSharedDirectory)
  let low: u32 = 0
  let high: u32 = load<u32>(base + hSharedRows)
  while (low + 1 < high) {
    const middle = (low + high) >> 1
    if (load<u32>(directory + (<usize>middle << 3)) <= row) low = middle
    else high = middle
  }
  return low
}

/**
 * Keeps the hit when it is among the closest `hitsMax`: a binary heap by (distance, entry id), the worst on top.
 * Once it is full, nothing beyond the worst needs to be looked at: `lReach` says so.
 */
function keep (lane: usize, key: u64): void {
  const heap = lane + lHeap
  const hitsMax = load<u32>(lane + lHitsMax)
  let at = load<u32>(lane + lHits)
  if (at < hitsMax) {
    store<u32>(lane + lHits, at + 1)
    while (at > 0) {
      const parent = (at - 1) >> 1
      const above = load<u64>(heap + (<usize>parent << 3))
      if (above >= key) break
      store<u64>(heap + (<usize>at << 3), above)
      at = parent
    }
    store<u64>(heap + (<usize>at << 3), key)
    if (load<u32>(lane + lHits) == hitsMax) store<u32>(lane + lReach, <u32>(load<u64>(heap) >> 32))
    return
  }
  if (key >= load<u64>(heap)) return
  at = 0
  while (true) {
    let child: u32 = 2 * at + 1
    if (child >= hitsMax) break
    if (child + 1 < hitsMax && load<u64>(heap + (<usize>(child + 1) << 3)) > load<u64>(heap + (<usize>child << 3))) child++
    const below = load<u64>(heap + (<usize>child << 3))
    if (below <= key) break
    store<u64>(heap + (<usize>at << 3), below)
    at = child
  }
  store<u64>(heap + (<usize>at << 3), key)
  store<u32>(lane + lReach, <u32>(load<u64>(heap) >> 32))
}

function emitEntry (base: usize, lane: usize, entryId: u32, bit: u32, distance: u32): bool {
  const wanted = load<u32>(lane + lWanted)
  if (wanted != 0 && wanted != entryId) return false
  const tombstones: usize = load<u32>(base + hTombstones)
  if ((atomic.load<u32>(tombstones + (<usize>(bit >> 5) << 2)) >> (bit & 31)) & 1) return false
  store<u32>(lane + lBit, bit)
  keep(lane, (<u64>distance << 32) | entryId)
  return load<u32>(lane + lStopAtFirst) != 0
}

/** Hands out the live entries of a row within the radius. True when the search may stop. */
export function emitRow (base: usize, lane: usize, row: u32, distance: u32): bool {
  const entryId = load<u32>(<usize>load<u32>(base + hEntryIds) + (<usize>row << 2))
  if (entryId != 0) return emitEntry(base, lane, entryId, row, distance)
  const pair: usize = <usize>load<u32>(base + hSharedDirectory) + (<usize>sharedIndex(base, row) << 3)
  const ids: usize = load<u32>(base + hSharedIds)
  const rows = load<u32>(base + hRows)
  const end = load<u32>(pair, 12)
  for (let i = load<u32>(pair, 4); i < end; i++) {
    if (emitEntry(base, lane, load<u32>(ids + (<usize>i << 2)), rows + i, distance)) return true
  }
  return false
}
