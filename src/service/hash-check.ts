import { KeersluisError } from '../errors.js'
import { orientations, type Orientation } from '../hash/pdq-orientations.js'
import type { HashIndex, IndexHit } from '../index/hash-index.js'
import type { Lanes } from '../pipeline/lanes.js'
import type { Query as BareQuery } from '../pipeline/packed-queries.js'
import { isPdqUsable, type FoundHit, type SearchPlan } from '../pipeline/search.js'
import { decide, type Decision } from '../policy/verdict.js'
import type { Store } from '../store/store.js'
import { parseHash, type BareHash } from './bare-hash.js'
import type { Lists } from './lists.js'
import { resolveHits } from './resolve-hits.js'

/** A bare hash and, for PDQ, those of the same picture turned, in the order of `orientations` after `upright`. */
export interface CheckedHash extends BareHash {
  orientations?: readonly string[]
}

type Query = BareQuery & { orientation: Orientation }

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

  /** One decision for each hash. @throws KeersluisError `malformedHash`, `invalidRequest` */
  async check (hashes: readonly CheckedHash[]): Promise<{ listVersion: number, decisions: Decision[] }> {
    const plan = this.#lists.plan()
    const queries = hashes.map((hash, index) => queriesOf(hash, index, plan))
    const flat = queries.flat()
    let lookup = await this.#lanes.lookup(flat, plan.hitsMax)
    if (!lookup.current || lookup.listVersion !== this.#index.version) lookup = await this.#lanes.lookup(flat, plan.hitsMax)
    let at = 0
    const found = queries.map((ofHash, index) => ofHash.flatMap(query => asFound(lookup.found[at++] ?? [], query, hashes[index])))
    const decisions = await Promise.all(hashes.map(async (hash, index) => await this.#decide(hash, found[index] ?? [], queries[index]?.[0]?.value)))
    return { listVersion: lookup.listVersion, decisions }
  }

  async #decide (hash: CheckedHash, found: FoundHit[], value: Uint8Array | undefined): Promise<Decision> {
    const flat = hash.algorithm === 'pdq' && value !== undefined && !isPdqUsable(value, undefined, 0)
    return decide({
      hits: flat ? [] : await resolveHits(this.#store, this.#lists, found, []),
      pictures: [],
      usablePictures: 1,
      undecided: [],
      remarks: flat ? ['notDistinctive'] : [],
      holdNotDistinctive: this.#lists.holdNotDistinctive,
      undecidedVerdict: 'hold'
    })
  }
}

function queriesOf (hash: CheckedHash, index: number, plan: SearchPlan): Query[] {
  const { algorithm, orientations: turned = [] } = hash
  if (turned.length > 0 && algorithm !== 'pdq') throw new KeersluisError('invalidRequest', `Hash ${index} has orientations, which only pdq has.`)
  const radius = algorithm === 'pdq' ? plan.pdqUprightRadius : algorithm === 'blockhash' ? plan.blockhashRadius : 0
  return [
    { algorithm, value: parseHash(hash, index), radius, orientation: 'upright' },
    ...turned.map((value, at) => ({
      algorithm, value: parseHash({ algorithm, value }, index), radius: plan.pdqTurnedRadius, orientation: orientations[at + 1] ?? 'upright'
    }))
  ]
}

function asFound (hits: readonly IndexHit[], query: Query, hash: CheckedHash | undefined): FoundHit[] {
  const { algorithm, orientation } = query
  return hits.map(hit => ({
    ...hit,
    algorithm,
    ...(algorithm === 'pdq' || algorithm === 'blockhash' ? { orientation, variant: 'whole' } : {}),
    ...(hash?.quality === undefined ? {} : { quality: hash.quality }),
    ...(hash?.stableBits === undefined ? {} : { stableBits: hash.stableBits })
  }))
}
