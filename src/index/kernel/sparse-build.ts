import { bucketOf, nextOf } from './buckets'
import { groupBits, hNumberBytes, hRows, hTable, nextBytes, severalFlag, sparseNextBits, tGroups, tLists, tNext, tRanks, tSlots, tWidth, tableBytes } from './layout'
import { numberMaskOf, writeNumber } from './numbers'

/** Which slot is that of the row's bucket. */
// @ts-ignore: decorator
@inline
function slotOf (base: usize, table: usize, row: u32): usize {
  const bucket = bucketOf(base, table, row)
  const group: usize = bucket >> groupBits
  const before = load<u64>(<usize>load<u32>(table + tGroups) + (group << 3)) & ((<u64>1 << (bucket & 63)) - 1)
  return load<u32>(<usize>load<u32>(table + tRanks) + (group << 2)) + <u32>popcnt(before)
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

/** Writes number 0 for each occupied bucket, and where it has several rows the flag. */
function clearSlots (groups: usize, end: usize, several: usize, slots: usize, next: usize, numberBytes: usize): void {
  for (let group = groups; group < end; group += 8, several += 8) {
    const many = load<u64>(several)
    for (let left = load<u64>(group); left != 0; left &= left - 1, slots += numberBytes, next += 2) {
      writeNumber(slots, 0, numberBytes)
      store<u16>(next, (many >> ctz(left)) & 1 ? severalFlag : 0)
    }
  }
}

/** Writes the row into the slot of a bucket that has one; in that of one with several, counts them. */
function fillSlots (base: usize, table: usize, numberBytes: usize): void {
  const rows = load<u32>(base + hRows)
  const mask = numberMaskOf(numberBytes)
  for (let row: u32 = 0; row < rows; row++) {
    const slot = slotOf(base, table, row)
    const number = <usize>load<u32>(table + tSlots) + slot * numberBytes
    const next = <usize>load<u32>(table + tNext) + (slot << 1)
    if (load<u16>(next) == severalFlag) {
      writeNumber(number, (load<u32>(number) & mask) + 1, numberBytes)
    } else {
      writeNumber(number, row, numberBytes)
      store<u16>(next, <u16>nextOf(base, table, row, sparseNextBits))
    }
  }
}

/** Gives each bucket with several rows a list, given in its slot how many they are. Returns where the lists end. */
function placeLists (table: usize, slots: usize, numberBytes: usize): usize {
  const numbers: usize = load<u32>(table + tSlots)
  const next: usize = load<u32>(table + tNext)
  const lists: usize = load<u32>(table + tLists)
  const mask = numberMaskOf(numberBytes)
  let place: u32 = 0
  for (let slot: usize = 0; slot < slots; slot++) {
    if (load<u16>(next + (slot << 1)) != severalFlag) continue
    const number = numbers + slot * numberBytes
    const rows = load<u32>(number) & mask
    writeNumber(number, place, numberBytes)
    writeNumber(lists + <usize>place * (numberBytes + nextBytes), 0, numberBytes)
    place += 1 + rows
  }
  return lists + <usize>place * (numberBytes + nextBytes)
}

/** Puts the rows of the buckets that have several into their lists. */
function fillLists (base: usize, table: usize, numberBytes: usize): void {
  const rows = load<u32>(base + hRows)
  const mask = numberMaskOf(numberBytes)
  for (let row: u32 = 0; row < rows; row++) {
    const slot = slotOf(base, table, row)
    if (load<u16>(<usize>load<u32>(table + tNext) + (slot << 1)) != severalFlag) continue
    const place = load<u32>(<usize>load<u32>(table + tSlots) + slot * numberBytes) & mask
    const list = <usize>load<u32>(table + tLists) + <usize>place * (numberBytes + nextBytes)
    const count = (load<u32>(list) & mask) + 1
    writeNumber(list, count, numberBytes)
    const record = list + <usize>count * (numberBytes + nextBytes)
    writeNumber(record, row, numberBytes)
    store<u16>(record + numberBytes, <u16>nextOf(base, table, row, sparseNextBits))
  }
}

/**
 * Builds sparse table `index` at `out` and returns where it ended. Where the lists will be lie meanwhile the bits that say which buckets
 * have several rows; nothing else is needed beside the table.
 */
export function buildSparse (base: usize, index: u32, out: usize): usize {
  const table = base + hTable + <usize>index * tableBytes
  const numberBytes: usize = load<u32>(base + hNumberBytes)
  const groupBytes = <usize>8 << (load<u32>(table + tWidth) - groupBits)
  const ranks = out + groupBytes
  const next = ranks + (groupBytes >> 1)
  memory.fill(out, 0, next + groupBytes - out)
  markBuckets(base, table, out, next)
  const slots: usize = rankGroups(out, ranks)
  const numbers = next + (slots << 1)
  // A number of three bytes is read with the byte behind it.
  const lists = (numbers + slots * numberBytes + 1 + 7) & ~7
  memory.copy(lists, next, groupBytes)
  clearSlots(out, ranks, lists, numbers, next, numberBytes)
  store<u32>(table + tGroups, <u32>out)
  store<u32>(table + tRanks, <u32>ranks)
  store<u32>(table + tNext, <u32>next)
  store<u32>(table + tSlots, <u32>numbers)
  store<u32>(table + tLists, <u32>lists)
  fillSlots(base, table, numberBytes)
  const end = placeLists(table, slots, numberBytes)
  fillLists(base, table, numberBytes)
  return (end + 7) & ~7
}
