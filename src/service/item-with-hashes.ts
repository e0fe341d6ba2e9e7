import { bytesToHex } from '../hash/bits.js'
import { hitsLimit, type HashIndex } from '../index/hash-index.js'
import type { ListPolicy } from '../policy/list-policy.js'
import type { EntryRecord, ItemRecord, ListRecord, NewEntry, Store } from '../store/store.js'

/** What makes two entries of one item the same. */
export function entryKey ({ algorithm, value, variant, timeS }: NewEntry): string {
  return `${algorithm} ${bytesToHex(value)} ${variant} ${timeS ?? ''}`
}

/**
 * The oldest live item of a list that has all of these hashes: those that are searched as searched ones, the others at least for the
 * record. `undefined` also where none of them is searched: two such items keep nothing in force.
 */
export async function itemWithHashes ({ listId, policy }: ListRecord, entries: readonly NewEntry[], { store, index }: { store: Store, index: HashIndex }): Promise<ItemRecord | undefined> {
  const searched = entries.find(entry => entry.matchable)
  if (searched === undefined) return undefined
  const hits = index.search(searched.algorithm, searched.value, 0, { hitsMax: hitsLimit })
  const found = (await store.entriesById(hits.map(hit => hit.entryId))).filter(entry => entry.listId === listId)
  for (const itemId of new Set(found.filter(entry => hasAll([entry], [searched], policy)).map(entry => entry.itemId))) {
    if (hasAll(await store.entriesOfItem(itemId), entries, policy)) return await store.item(itemId)
  }
  return undefined
}

function hasAll (had: readonly EntryRecord[], wanted: readonly NewEntry[], policy: ListPolicy): boolean {
  const byKey = new Map<string, NewEntry[]>()
  for (const entry of had) byKey.set(entryKey(entry), [...byKey.get(entryKey(entry)) ?? [], entry])
  return wanted.every(entry => byKey.get(entryKey(entry))?.some(one => isAsGood(one, entry, policy)))
}

/**
 * Whether an entry does all that another with the same value would. The quality of an old one may be below what the policy asks
 * by now; a blockhash without stable bits is compared exactly.
 */
function isAsGood (had: NewEntry, wanted: NewEntry, policy: ListPolicy): boolean {
  if (!wanted.matchable) return true
  return had.matchable && (had.quality ?? policy.pdqQualityMin) >= policy.pdqQualityMin && had.stableBits === wanted.stableBits
}
