import { hammingDistance } from '../hash/bits.js'
import type { PictureHashes } from '../media/fingerprint.js'
import type { FoundHit } from '../pipeline/search.js'
import type { Hit } from '../policy/hit.js'
import type { EntryWithItem, Store } from '../store/store.js'
import type { Lists } from './lists.js'

/**
 * Puts to each found entry the item and list that it belongs to. The store says whose an entry is, never whether
 * there is one; an entry whose item was removed meanwhile is dropped.
 */
export async function resolveHits (store: Store, lists: Lists, found: readonly FoundHit[], pictures: readonly PictureHashes[]): Promise<Hit[]> {
  if (found.length === 0) return []
  const entries = new Map((await store.entriesById([...new Set(found.map(hit => hit.entryId))])).map(entry => [entry.entryId, entry]))
  const pdqOfItem = new Map<number, Promise<Uint8Array[]>>()
  const hits: Hit[] = []
  for (const one of found) {
    const entry = entries.get(one.entryId)
    const list = entry === undefined ? undefined : lists.byId(entry.listId)
    if (entry === undefined || list === undefined) continue
    const hit = asHit(one, entry, list, one.picture === undefined ? undefined : pictures[one.picture]?.timeS)
    if (one.algorithm === 'blockhash' && one.picture !== undefined) {
      const known = pdqOfItem.get(entry.itemId) ?? pdqEntries(store, entry.itemId)
      pdqOfItem.set(entry.itemId, known)
      const distance = leastDistance(pictures[one.picture], await known)
      if (distance !== undefined) hit.pdqDistanceToItem = distance
    }
    hits.push(hit)
  }
  return hits
}

function asHit (found: FoundHit, entry: EntryWithItem, list: Hit['list'], timeS: number | undefined): Hit {
  return {
    ...found,
    ...(timeS === undefined ? {} : { timeS }),
    list,
    itemId: entry.itemId,
    itemKind: entry.itemKind,
    category: entry.category ?? list.category,
    ...(entry.reference === undefined ? {} : { reference: entry.reference }),
    ...(entry.quality === undefined ? {} : { entryQuality: entry.quality }),
    ...(entry.stableBits === undefined ? {} : { entryStableBits: entry.stableBits }),
    ...(entry.timeS === undefined ? {} : { entryTimeS: entry.timeS })
  }
}

async function pdqEntries (store: Store, itemId: number): Promise<Uint8Array[]> {
  return (await store.entriesOfItem(itemId)).filter(entry => entry.algorithm === 'pdq').map(entry => entry.value)
}

function leastDistance (picture: PictureHashes | undefined, known: readonly Uint8Array[]): number | undefined {
  if (picture === undefined || known.length === 0) return undefined
  return Math.min(...picture.variants.flatMap(variant => known.map(value => hammingDistance(variant.pdq, value))))
}
