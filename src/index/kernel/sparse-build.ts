import { bucketOf } from './buckets'
import { groupBits, hNumberBytes, hRows, hTable, tGroups, tLists, tRanks, tSlots, tWidth, tableBytes } from './layout'
import { listFlag, readNumber, writeNumber } from './numbers'

/** Where the slot of an occupied bucket lies. */
// @ts-ignore: decorator
@inline
function slotOf (groups: usize, ranks: usize, slots: usize, bucket: u32, numberBytes: usize): usize {
  const group: usize = bucket >> groupBits
  const before = load<u64>(groups + (group << 3)) & ((<u64>1 << (bucket & 63)) - 1)
  return slots + <usize>(load<u32>(ranks + (group << 2)) + <u32>popcnt(before)) * numberBytes
}

/** Notes for each bucket whether it has rows, in the groups, and whether it has several, at `several`, a bit for each. */
function markBuckets (base: usize, table: usize, groups: usize, several: usize): void {
  const rows = load<u32>(base + hRows)
  for (let row: u32 = 0; row < rows; row++) {
    const bucket = bucketOf(base, table, row)
    const group = groups + (<usize>(bucket >> groupBits) << 3)
    const bit = <u64>1 << (bucket & 63)
    const occupied = load<u64>(group)
    const many = several + (<usize>(bucket >> groupBits) << 3)
    store<u64>(many, load<u64>(many) | (occupied & bit))
    store<u64>(group, occupied | bit)
  }
}

/** Counts the occupied buckets before each group, and all of them. */
function rankGroups (groups: usize, ranks: usize): u32 {
  let rank: u32 = 0
  for (let group = groups, at = ranks; group < ranks; group += 8, at += 4) {
    store<u32>(at, rank)
    rank += <u32>popcnt(load<u64>(group))
  }
  return rank
}

/** Writes a slot for each occupied bucket: 0, with the flag where the bucket has several rows. */
function clearSlots (groups: usize, end: usize, several: usize, slots: usize, numberBytes: usize): void {
  const flag = listFlag(numberBytes)
  let slot = slots
  for (let group = groups; group < end; group += 8, several += 8) {
    const many = load<u64>(several)
    for (let left = load<u64>(group); left != 0; left &= left - 1, slot += numberBytes) {
      writeNumber(slot, (many >> ctz(left)) & 1 ? flag : 0, numberBytes)
    }
  }
}

/** Gives each bucket with several rows a list at `lists`, given in its slot how many they are. Returns where the lists end. */
function placeLists (slots: usize, end: usize, lists: usize, numberBytes: usize): usize {
  const flag = listFlag(numberBytes)
  let place: u32 = 0
  for (let slot = slots; slot < end; slot += numberBytes) {
    const number = readNumber(slot, flag)
    if ((number & flag) == 0) continue
    writeNumber(slot, flag | place, numberBytes)
    writeNumber(lists + <usize>place * numberBytes, 0, numberBytes)
    place += 1 + (number ^ flag)
  }
  return lists + <usize>place * numberBytes
}

/**
 * Builds sparse table `index` at `out` and returns where it ended. Where the lists will be lie meanwhile the bits that say which buckets
 * have several rows; nothing else is needed beside the table.
 */
export function buildSparse (base: usize, index: u32, out: usize): usize {
  const table = base + hTable + <usize>index * tableBytes
  const rows = load<u32>(base + hRows)
  const numberBytes: usize = load<u32>(base + hNumberBytes)
  const flag = listFlag(numberBytes)
  const groupCount = <usize>1 << (load<u32>(table + tWidth) - groupBits)
  const ranks = out + (groupCount << 3)
  const slots = ranks + (groupCount << 2)
  memory.fill(out, 0, slots + (groupCount << 3) - out)
  markBuckets(base, table, out, slots)
  const slotsEnd = slots + <usize>rankGroups(out, ranks) * numberBytes
  const lists = (slotsEnd + 4 + 7) & ~7
  memory.copy(lists, slots, groupCount << 3)
  clearSlots(out, ranks, lists, slots, numberBytes)
  for (let row: u32 = 0; row < rows; row++) {
    const slot = slotOf(out, ranks, slots, bucketOf(base, table, row), numberBytes)
    const number = readNumber(slot, flag)
    writeNumber(slot, number & flag ? number + 1 : row, numberBytes)
  }
  const end = placeLists(slots, slotsEnd, lists, numberBytes)
  for (let row: u32 = 0; row < rows; row++) {
    const number = readNumber(slotOf(out, ranks, slots, bucketOf(base, table, row), numberBytes), flag)
    if ((number & flag) == 0) continue
    const list = lists + <usize>(number ^ flag) * numberBytes
    const count = readNumber(list, flag) + 1
    writeNumber(list, count, numberBytes)
    writeNumber(list + <usize>count * numberBytes, row, numberBytes)
  }
  store<u32>(table + tGroups, <u32>out)
  store<u32>(table + tRanks, <u32>ranks)
  store<u32>(table + tSlots, <u32>slots)
  store<u32>(table + tLists, <u32>lists)
  // A number of three bytes is read with the byte behind it.
  return (end + 4 + 7) & ~7
}
