import { popcount } from '../hash/bits.js'
import type { HashIndex } from '../index/hash-index.js'
import type { Lanes } from '../pipeline/lanes.js'
import type { FoundHit } from '../pipeline/search.js'
import { decide, type Decision } from '../policy/verdict.js'
import type { Store } from '../store/store.js'
import { parseHash, type BareHash } from './bare-hash.js'
import type { Lists } from './lists.js'
import { resolveHits } from './resolve-hits.js'

/** Bare hashes against the lists: the content never leaves the provider. */
export class HashChecks {
  readonly #store: Store
  readonly #lists: Lists
  readonly #lanes: Lanes
  readonly #index: HashIndex

  constructor (store: Store, lists: Lists, lanes: Lanes, index: HashIndex) {
    this.#store = store
    this.#lists = lists
    this.#lanes = lanes
    this.#index = index
  }

  /** One decision for each hash. @throws KeersluisError `malformedHash` */
  async check (hashes: readonly BareHash[]): Promise<{ listVersion: number, decisions: Decision[] }> {
    const plan = this.#lists.plan()
    const queries = hashes.map((hash, index) => {
      const value = parseHash(hash, index)
      const radius = hash.algorithm === 'pdq' ? plan.pdqUprightRadius : hash.algorithm === 'blockhash' ? plan.blockhashRadius : 0
      return { algorithm: hash.algorithm, value, radius }
    })
    let lookup = await this.#lanes.lookup(queries, plan.hitsMax)
    if (!lookup.current || lookup.listVersion !== this.#index.version) lookup = await this.#lanes.lookup(queries, plan.hitsMax)
    const decisions = await Promise.all(hashes.map(async (hash, at) => {
      const found: FoundHit[] = (lookup.found[at] ?? []).map(hit => ({
        ...hit,
        algorithm: hash.algorithm,
        ...(hash.algorithm === 'pdq' || hash.algorithm === 'blockhash' ? { orientation: 'upright', variant: 'whole' } : {}),
        ...(hash.quality === undefined ? {} : { quality: hash.quality }),
        ...(hash.stableBits === undefined ? {} : { stableBits: hash.stableBits })
      }))
      const flat = hash.algorithm === 'pdq' && popcount(queries[at]?.value ?? new Uint8Array(32)) !== 128
      return decide({
        hits: flat ? [] : await resolveHits(this.#store, this.#lists, found, []),
        pictures: [],
        usablePictures: 1,
        undecided: [],
        remarks: flat ? ['notDistinctive'] : [],
        holdNotDistinctive: this.#lists.holdNotDistinctive,
        undecidedVerdict: 'hold'
      })
    }))
    return { listVersion: lookup.listVersion, decisions }
  }
}
