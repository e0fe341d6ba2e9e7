import { KeersluisError } from '../errors.js'
import { orientations, type Orientation } from '../hash/pdq-orientations.js'
import type { HashIndex, IndexHit } from '../index/hash-index.js'
import type { UndecidedReason } from '../media/decoder.js'
import type { Lanes } from '../pipeline/lanes.js'
import type { Query as BareQuery } from '../pipeline/packed-queries.js'
import { isCutShort, isPdqUsable, type FoundHit, type SearchPlan } from '../pipeline/search.js'
import type { Hit } from '../policy/hit.js'
import { decide, type Decision, type PolicyInput, type Remark } from '../policy/verdict.js'
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
    let lookup = await this.#lanes.lookup(flat, plan.hitsUsual)
    if (!lookup.current || lookup.listVersion !== this.#index.version) lookup = await this.#lanes.lookup(flat, plan.hitsUsual)
    const decisions: Decision[] = []
    let at = 0
    for (const [index, hash] of hashes.entries()) {
      const found: FoundHit[] = []
      const ofHash = queries[index] ?? []
      for (const query of ofHash) {
        const hits = lookup.found[at++] ?? []
        if (hits.length > 0) found.push(...asFound(hits, query, hash))
      }
      const isFlat = hash.algorithm === 'pdq' && ofHash[0] !== undefined && !isPdqUsable(ofHash[0].value, undefined, 0)
      // Nearly every hash of a batch is unknown: for those nothing is awaited, and nothing made.
      decisions.push(isFlat ? this.#decide([], ['notDistinctive']) : found.length === 0 ? unknownHash : await this.#decideFound(found))
    }
    return { listVersion: lookup.listVersion, decisions }
  }

  async #decideFound (found: readonly FoundHit[]): Promise<Decision> {
    return this.#decide(await resolveHits(this.#store, this.#lists, found, []), [], isCutShort(found) ? ['tooManyMatches'] : [])
  }

  #decide (hits: Hit[], remarks: Remark[], undecided: UndecidedReason[] = []): Decision {
    return decide({ ...bareHash, hits, remarks, undecided, holdNotDistinctive: this.#lists.holdNotDistinctive })
  }
}

/** What the policy knows of an upload that it did not see. */
const bareHash: PolicyInput = { hits: [], pictures: [], usablePictures: 1, undecided: [], remarks: [], holdNotDistinctive: false, undecidedVerdict: 'hold' }
const unknownHash: Decision = decide(bareHash)

function queriesOf (hash: CheckedHash, index: number, plan: SearchPlan): Query[] {
  const { algorithm, orientations: turned } = hash
  const radius = algorithm === 'pdq' ? plan.pdqUprightRadius : algorithm === 'blockhash' ? plan.blockhashRadius : 0
  const upright: Query = { algorithm, value: parseHash(hash, index), radius, orientation: 'upright' }
  if (turned === undefined) return [upright]
  if (algorithm !== 'pdq') throw new KeersluisError('invalidRequest', `Hash ${index} has orientations, which only pdq has.`)
  return [upright, ...turned.map((value, at): Query => ({
    algorithm, value: parseHash({ algorithm, value }, index), radius: plan.pdqTurnedRadius, orientation: orientations[at + 1] ?? 'upright'
  }))]
}

function asFound (hits: readonly IndexHit[], query: Query, hash: CheckedHash): FoundHit[] {
  const { algorithm, orientation } = query
  return hits.map(hit => ({
    ...hit,
    algorithm,
    ...(algorithm === 'pdq' || algorithm === 'blockhash' ? { orientation, variant: 'whole' } : {}),
    ...(hash.quality === undefined ? {} : { quality: hash.quality }),
    ...(hash.stableBits === undefined ? {} : { stableBits: hash.stableBits })
  }))
}
