import { KeersluisError } from '../errors.js'
import type { SearchPlan } from '../pipeline/search.js'
import { defaultListPolicy, type ListPolicy } from '../policy/list-policy.js'
import { exclusionDistance } from '../policy/exclusion.js'
import type { ListRecord, Store } from '../store/store.js'

/** Hits kept of one search; a list with more near copies of one picture than this has said enough. */
const hitsMax = 200

/** The lists as they are now, in memory: every check reads them. */
export class Lists {
  readonly #store: Store
  readonly #pictureSideMinPx: number
  #byId = new Map<number, ListRecord>()

  private constructor (store: Store, pictureSideMinPx: number) {
    this.#store = store
    this.#pictureSideMinPx = pictureSideMinPx
  }

  static async open (store: Store, pictureSideMinPx: number): Promise<Lists> {
    const lists = new Lists(store, pictureSideMinPx)
    await lists.reload()
    return lists
  }

  async reload (): Promise<void> {
    const records = await this.#store.lists()
    // A policy that was stored before a number existed takes that number's default.
    this.#byId = new Map(records.map(list => [list.listId, { ...list, policy: { ...defaultListPolicy, ...list.policy } }]))
  }

  all (): ListRecord[] { return [...this.#byId.values()] }

  byId (listId: number): ListRecord | undefined { return this.#byId.get(listId) }

  /** @throws KeersluisError `unknownList` */
  byName (name: string): ListRecord {
    const list = this.all().find(list => list.name === name)
    if (list === undefined) throw new KeersluisError('unknownList', 'There is no list of this name; GET /v1/lists shows all.')
    return list
  }

  get holdNotDistinctive (): boolean {
    return this.all().some(list => list.kind === 'known' && list.policy.notDistinctive === 'hold')
  }

  plan (): SearchPlan {
    return searchPlan(this.all().map(list => list.policy), this.#pictureSideMinPx)
  }
}

/** The widest numbers of all lists, so that one search serves them all. */
export function searchPlan (listPolicies: readonly ListPolicy[], pictureSideMinPx: number): SearchPlan {
  const policies = [defaultListPolicy, ...listPolicies]
  const most = (read: (policy: ListPolicy) => number): number => Math.max(...policies.map(read))
  const least = (read: (policy: ListPolicy) => number): number => Math.min(...policies.map(read))
  return {
    pdqUprightRadius: Math.max(exclusionDistance, most(policy => Math.max(policy.pdqHoldDistance, policy.pdqBlockDistance, policy.videoFrameDistance))),
    pdqTurnedRadius: most(policy => Math.max(policy.pdqBlockDistance, policy.videoFrameDistance)),
    blockhashRadius: Math.max(exclusionDistance, most(policy => policy.blockhashHoldDistance)),
    pdqQualityMin: least(policy => policy.pdqQualityMin),
    stableBitsMin: least(policy => policy.stableBitsMin),
    pictureSideMinPx,
    hitsMax
  }
}
