import type { HashIndex } from '../index/hash-index.js'
import { defaultListPolicy } from '../policy/list-policy.js'
import type { EntryWithItem, NewEntry, Store } from '../store/store.js'
import type { Lists } from './lists.js'

/**
 * An exclusion this close to known material would silence it, in bits: as far as known material blocks by default. For blockhash that
 * is its hold distance, which blocks where PDQ is near, too; that PDQ of the upload is not known here.
 */
const collisionDistances = {
  pdq: defaultListPolicy.pdqBlockDistance,
  blockhash: defaultListPolicy.blockhashHoldDistance
}

/** The known material, entry by entry, that exclusions with these entries would silence. Exclusions near each other are welcome. */
export async function collisionsOf (entries: readonly NewEntry[], { store, index, lists }: { store: Store, index: HashIndex, lists: Lists }): Promise<EntryWithItem[]> {
  const hits = entries.filter(entry => entry.matchable).flatMap(({ algorithm, value }) =>
    algorithm === 'pdq' || algorithm === 'blockhash' ? index.search(algorithm, value, collisionDistances[algorithm]) : [])
  if (hits.length === 0) return []
  return (await store.entriesById(hits.map(hit => hit.entryId))).filter(entry => lists.byId(entry.listId)?.kind === 'known')
}
