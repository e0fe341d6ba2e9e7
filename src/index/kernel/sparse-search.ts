import { chunkOf, waysOf } from './chunks'
import {
  groupBits, hBalls, hNumberBytes, hTable, hTables, lEnds, lFlips, lGroups, lListsEnd, lSlots, lTouched, probesMax, tGroups, tLists, tMasks, tRanks,
  tSlots, tWidth, tableBytes
} from './layout'
import { listFlag, readNumber } from './numbers'
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

/** Writes the address of the slot of each bucket in the noted groups. */
function listSlots (table: usize, numberBytes: usize, group: usize, end: usize, out: usize): usize {
  const groups: usize = load<u32>(table + tGroups)
  const ranks: usize = load<u32>(table + tRanks)
  const slots: usize = load<u32>(table + tSlots)
  for (; group < end; group += 16) {
    const number: usize = load<u32>(group)
    const occupied = load<u64>(groups + (number << 3))
    const first = load<u32>(ranks + (number << 2))
    let found = load<u64>(group, 8)
    do {
      const before = occupied & ((found & (0 - found)) - 1)
      store<u32>(out, <u32>(slots + <usize>(first + <u32>popcnt(before)) * numberBytes))
      out += 4
      found &= found - 1
    } while (found != 0)
  }
  return out
}

/**
 * Touches what lies at the addresses in every `stride` bytes from `at` on. In a loop of its own: there the processor has
 * as many loads on the way as it can, and where other work stands between them only a few.
 */
// @ts-ignore: decorator
@inline
function touchAll (lane: usize, at: usize, end: usize, stride: usize): void {
  let touched: u32 = 0
  for (; at < end; at += stride) touched += load<u8>(load<u32>(at))
  store<u32>(lane + lTouched, touched)
}

/** Fills the lane with the addresses of the slots of all buckets within the limits of their tables, table by table. */
export function probeSparse (base: usize, lane: usize): void {
  const tables = load<u32>(base + hTables)
  const numberBytes: usize = load<u32>(base + hNumberBytes)
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
  store<u32>(lane + lTouched, touched)
  group = lane + lGroups
  out = lane + lSlots
  for (let i: usize = 0; i < tables; i++) {
    const end: usize = load<u32>(ends + (i << 2))
    out = listSlots(base + hTable + i * tableBytes, numberBytes, group, end, out)
    store<u32>(ends + (i << 2), <u32>out)
    group = end
  }
  touchAll(lane, lane + lSlots, out, 4)
}

/**
 * Puts the rows of the buckets that have one in the place of their slots, and the lists of the others in that of the groups. Which
 * of the two a slot is cannot be guessed, so both are written, and one is kept. The lists are touched. Returns where the rows end.
 */
export function sortSlots (base: usize, lane: usize): usize {
  const tables = load<u32>(base + hTables)
  const numberBytes: usize = load<u32>(base + hNumberBytes)
  const flag = listFlag(numberBytes)
  let at = lane + lSlots
  let rows = at
  let list = lane + lGroups
  for (let i: u32 = 0; i < tables; i++) {
    const lists: usize = load<u32>(base + hTable + <usize>i * tableBytes + tLists)
    const end: usize = load<u32>(lane + lEnds + (<usize>i << 2))
    const tag = i << rowBits
    for (; at < end; at += 4) {
      const slot: usize = load<u32>(at)
      const number = readNumber(slot, flag)
      const isList = (number & flag) != 0
      const address = select<usize>(lists + <usize>(number ^ flag) * numberBytes, slot, isList)
      store<u64>(list, <u64>address | <u64>i << 32)
      list += <usize>isList << 3
      store<u32>(rows, number | tag)
      rows += <usize>!isList << 2
    }
  }
  touchAll(lane, lane + lGroups, list, 8)
  store<u32>(lane + lListsEnd, <u32>list)
  return rows
}

/** Rows in the lists that `sortSlots` noted. */
export function countListed (base: usize, lane: usize): u32 {
  const flag = listFlag(load<u32>(base + hNumberBytes))
  const end: usize = load<u32>(lane + lListsEnd)
  let rows: u32 = 0
  for (let at = lane + lGroups; at < end; at += 8) rows += readNumber(load<u32>(at), flag)
  return rows
}

/** Puts the rows of the noted lists behind the others, which end at `out`, and verifies them all; at once, unless there are too many. */
export function verifyRows (base: usize, lane: usize, radius: u32, out: usize): void {
  const numberBytes: usize = load<u32>(base + hNumberBytes)
  const flag = listFlag(numberBytes)
  const end: usize = load<u32>(lane + lListsEnd)
  const rows = lane + lSlots
  const full = rows + (probesMax << 2)
  for (let at = lane + lGroups; at < end; at += 8) {
    const list: usize = load<u32>(at)
    const tag = load<u32>(at, 4) << rowBits
    const last = list + <usize>readNumber(list, flag) * numberBytes
    for (let number = list + numberBytes; number <= last; number += numberBytes) {
      store<u32>(out, readNumber(number, flag) | tag)
      out += 4
      if (out < full) continue
      if (verify(base, lane, radius, rows, out)) return
      out = rows
    }
  }
  verify(base, lane, radius, rows, out)
}
