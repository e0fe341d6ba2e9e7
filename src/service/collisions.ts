import type { HashIndex } from '../index/hash-index.js'
import type { EntryWithItem, NewEntry, Store } from '../store/store.js'
import type { Lists } from './lists.js'

/** An exclusion this close to known material would silence it, in bits of PDQ. */
const collisionDistance = 31

/** The known material, entry by entry, that exclusions with these entries would silence. Exclusions near each other are welcome. */
export async function collisionsOf (entries: readonly NewEntry[], { store, index, lists }: { store: Store, index: HashIndex, lists: Lists }): Promise<EntryWithItem[]> {
  const hits = entries.filter(entry => entry.algorithm === 'pdq' && entry.matchable).flatMap(entry => index.search('pdq', entry.value, collisionDistance))
  if (hits.length === 0) return []
  return (await store.entriesById(hits.map(hit => hit.entryId))).filter(entry => lists.byId(entry.listId)?.kind === 'known')
}
