import { chunkOf, waysOf } from './chunks'
import {
  groupBits, hBalls, hNumberBytes, hTable, hTables, lEnds, lFlips, lGroups, lLimits, lListsEnd, lNext, lSlots, lTouched, nextBytes, probesMax, severalFlag, tGroups, tLists,
  tMasks, tNext, tRanks, tSlots, tWidth, tableBytes
} from './layout'
import { numberMaskOf } from './numbers'
import { rowBits, verify } from './verify'

/** Writes a group and the buckets found in it at `out`, in one store, where they stay if there are any. */
// @ts-ignore: decorator
@inline
function note (out: usize, number: u32, found: u64): usize {
  v128.store(out, i64x2.replace_lane(i64x2.splat(number), 1, found))
  return out + (<usize>(found != 0) << 4)
}

/**
 * Notes the groups that have buckets with rows within `flips` of the chunk, and which buckets those are. What is left of the flips
 * after those in the number of the group may fall within the group: all such buckets are asked for at once.
 */
function noteGroups (base: usize, table: usize, chunk: u32, flips: i32, out: usize): usize {
  const groups: usize = load<u32>(table + tGroups)
  const width = load<u32>(table + tWidth) - groupBits
  const group = chunk >> groupBits
  let ball: usize = <usize>load<u32>(base + hBalls) + ((<usize>flips << groupBits | (chunk & 63)) << 3)
  let at: usize = load<u32>(table + tMasks)
  for (let turned = 0; turned <= flips; turned++, ball -= 8 << groupBits) {
    const within = load<u64>(ball)
    const end = at + (<usize>waysOf(width, turned) << 2)
    for (; at + 4 < end; at += 8) {
      const one = group ^ load<u32>(at)
      const other = group ^ load<u32>(at, 4)
      out = note(out, one, load<u64>(groups + (<usize>one << 3)) & within)
      out = note(out, other, load<u64>(groups + (<usize>other << 3)) & within)
    }
    for (; at < end; at += 4) {
      const last = group ^ load<u32>(at)
      out = note(out, last, load<u64>(groups + (<usize>last << 3)) & within)
    }
  }
  return out
}

/** Touches what says where the slots of the noted groups begin. */
function touchRanks (table: usize, group: usize, end: usize): u32 {
  const ranks: usize = load<u32>(table + tRanks)
  let touched: u32 = 0
  for (; group < end; group += 16) touched += load<u8>(ranks + (<usize>load<u32>(group) << 2))
  return touched
}

/** A noted slot: which of its table's it is, and in the two highest bits how many bits were turned. */
const slotBits: u32 = 30
const slotMask: u32 = (1 << 30) - 1

/** Writes the slot of each bucket in the noted groups, and how far the bucket is from the chunk. */
function listSlots (table: usize, chunk: u32, group: usize, end: usize, out: usize): usize {
  const groups: usize = load<u32>(table + tGroups)
  const ranks: usize = load<u32>(table + tRanks)
  for (; group < end; group += 16) {
    const number = load<u32>(group)
    const occupied = load<u64>(groups + (<usize>number << 3))
    const first = load<u32>(ranks + (<usize>number << 2))
    const turned = chunk ^ (number << groupBits)
    let found = load<u64>(group, 8)
    do {
      const before = occupied & ((found & (0 - found)) - 1)
      store<u32>(out, (first + <u32>popcnt(before)) | popcnt(turned ^ <u32>ctz(found)) << slotBits)
      out += 4
      found &= found - 1
    } while (found != 0)
  }
  return out
}

/**
 * Touches the next bits of the noted slots. In a loop of its own: there the processor has as many loads on the way as it can, and where
 * other work stands between them only a few.
 */
function touchNext (table: usize, at: usize, end: usize): u32 {
  const next: usize = load<u32>(table + tNext)
  let touched: u32 = 0
  for (; at < end; at += 4) touched += load<u8>(next + (<usize>(load<u32>(at) & slotMask) << 1))
  return touched
}

/** Fills the lane with the slots of all buckets within the limits of their tables, table by table. Returns where they end. */
export function probeSparse (base: usize, lane: usize): usize {
  const tables = load<u32>(base + hTables)
  const ends = lane + lEnds
  let out = lane + lGroups
  for (let i: usize = 0; i < tables; i++) {
    const table = base + hTable + i * tableBytes
    out = noteGroups(base, table, chunkOf(lane, table), load<i32>(lane + lFlips + (i << 2)), out)
    store<u32>(ends + (i << 2), <u32>out)
  }
  let group = lane + lGroups
  let touched: u32 = 0
  for (let i: usize = 0; i < tables; i++) {
    const end: usize = load<u32>(ends + (i << 2))
    touched += touchRanks(base + hTable + i * tableBytes, group, end)
    group = end
  }
  group = lane + lGroups
  out = lane + lSlots
  for (let i: usize = 0; i < tables; i++) {
    const table = base + hTable + i * tableBytes
    const end: usize = load<u32>(ends + (i << 2))
    out = listSlots(table, chunkOf(lane, table), group, end, out)
    store<u32>(ends + (i << 2), <u32>out)
    group = end
  }
  let slot = lane + lSlots
  for (let i: usize = 0; i < tables; i++) {
    const end: usize = load<u32>(ends + (i << 2))
    touched += touchNext(base + hTable + i * tableBytes, slot, end)
    slot = end
  }
  store<u32>(lane + lTouched, touched)
  return out
}

/** Keeps of the noted slots those with a row that may be close, or with several rows, of which that is not known yet. */
export function keepClose (base: usize, lane: usize): void {
  const tables = load<u32>(base + hTables)
  let at = lane + lSlots
  let out = at
  for (let i: usize = 0; i < tables; i++) {
    const nexts: usize = load<u32>(base + hTable + i * tableBytes + tNext)
    const next = load<u32>(lane + lNext + (i << 2))
    const limit = load<u32>(lane + lLimits + (i << 2))
    const end: usize = load<u32>(lane + lEnds + (i << 2))
    for (; at < end; at += 4) {
      const noted = load<u32>(at)
      const own = <u32>load<u16>(nexts + (<usize>(noted & slotMask) << 1))
      store<u32>(out, noted)
      out += <usize>(<u32>(popcnt(own ^ next) + (noted >> slotBits) <= limit) | own >> 15) << 2
    }
    store<u32>(lane + lEnds + (i << 2), <u32>out)
  }
}

/** Puts the rows of the kept slots that have one in the place of these, and the lists of the others in that of the groups. Returns where the rows end. */
export function sortSlots (base: usize, lane: usize): usize {
  const tables = load<u32>(base + hTables)
  const numberBytes: usize = load<u32>(base + hNumberBytes)
  const mask = numberMaskOf(numberBytes)
  let at = lane + lSlots
  let rows = at
  let list = lane + lGroups
  for (let i: u32 = 0; i < tables; i++) {
    const table = base + hTable + <usize>i * tableBytes
    const nexts: usize = load<u32>(table + tNext)
    const slots: usize = load<u32>(table + tSlots)
    const lists: usize = load<u32>(table + tLists)
    const limit = load<u32>(lane + lLimits + (<usize>i << 2))
    const end: usize = load<u32>(lane + lEnds + (<usize>i << 2))
    for (; at < end; at += 4) {
      const noted = load<u32>(at)
      const slot: usize = noted & slotMask
      const number = load<u32>(slots + slot * numberBytes) & mask
      if (load<u16>(nexts + (slot << 1)) == severalFlag) {
        store<u64>(list, <u64>(lists + <usize>number * (numberBytes + nextBytes)) | <u64>(limit - (noted >> slotBits) << 8 | i) << 32)
        list += 8
      } else {
        store<u32>(rows, number | i << rowBits)
        rows += 4
      }
    }
  }
  store<u32>(lane + lListsEnd, <u32>list)
  return rows
}

/** Rows in the noted lists. */
export function countListed (base: usize, lane: usize): u32 {
  const mask = numberMaskOf(load<u32>(base + hNumberBytes))
  const end: usize = load<u32>(lane + lListsEnd)
  let rows: u32 = 0
  for (let at = lane + lGroups; at < end; at += 8) rows += load<u32>(load<u32>(at)) & mask
  return rows
}

/** Puts the rows of the noted lists that may be close behind the others, which end at `out`, and verifies them all; at once, unless there are too many. */
export function verifyRows (base: usize, lane: usize, radius: u32, out: usize): void {
  const numberBytes: usize = load<u32>(base + hNumberBytes)
  const recordBytes = numberBytes + nextBytes
  const mask = numberMaskOf(numberBytes)
  const end: usize = load<u32>(lane + lListsEnd)
  const rows = lane + lSlots
  const full = rows + (probesMax << 2)
  for (let at = lane + lGroups; at < end; at += 8) {
    const list: usize = load<u32>(at)
    const i = load<u32>(at, 4) & 0xff
    const left = load<u32>(at, 4) >> 8
    const next = load<u32>(lane + lNext + (<usize>i << 2))
    const last = list + <usize>(load<u32>(list) & mask) * recordBytes
    for (let record = list + recordBytes; record <= last; record += recordBytes) {
      store<u32>(out, (load<u32>(record) & mask) | i << rowBits)
      out += <usize>(popcnt(<u32>load<u16>(record + numberBytes) ^ next) <= left) << 2
      if (out < full) continue
      if (verify(base, lane, radius, rows, out)) return
      out = rows
    }
  }
  verify(base, lane, radius, rows, out)
}
