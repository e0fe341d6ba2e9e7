import { KeersluisError } from '../errors.js'
import type { HashIndex } from '../index/hash-index.js'
import type { SearchPlan } from '../pipeline/search.js'
import { defaultListPolicy, type ListPolicy } from '../policy/list-policy.js'
import { exclusionDistance } from '../policy/exclusion.js'
import type { ListChange, ListRecord, NewList, Store } from '../store/store.js'
import type { ChangeQueue } from './change-queue.js'

export interface ListsRooms {
  store: Store
  index: HashIndex
  changes: ChangeQueue
}

/** Few pictures have more near copies on all lists together. */
const hitsUsual = 200

/** The built-in list: it knows only the test card. */
export const testListName = 'test'

/** The lists as they are now, in memory: every check reads them. */
export class Lists {
  readonly #store: Store
  readonly #index: HashIndex
  readonly #changes: ChangeQueue
  readonly #pictureSideMinPx: number
  #plan: SearchPlan
  #byId = new Map<number, ListRecord>()

  private constructor ({ store, index, changes }: ListsRooms, pictureSideMinPx: number) {
    this.#store = store
    this.#index = index
    this.#changes = changes
    this.#pictureSideMinPx = pictureSideMinPx
    this.#plan = searchPlan([], pictureSideMinPx)
  }

  static async open (rooms: ListsRooms, pictureSideMinPx: number): Promise<Lists> {
    const lists = new Lists(rooms, pictureSideMinPx)
    await lists.#reload()
    return lists
  }

  /** @throws KeersluisError `listExists`, `listReserved` */
  async create (list: Omit<NewList, 'policy'> & { policy?: Partial<ListPolicy> }, actor: string): Promise<ListRecord> {
    if (list.name === testListName && actor !== 'gate') throw new KeersluisError('listReserved', 'The name test belongs to the built-in list; choose another.')
    return await this.#changes.run(async () => {
      const policy = { ...defaultListPolicy, ...list.policy }
      const created = await this.#store.createList({ ...list, policy }, { at: new Date(), actor, action: 'listCreated' })
      await this.#reload()
      this.#index.publish(created.version)
      return created.value
    })
  }

  /** @throws KeersluisError `unknownList`, `listReserved` */
  async change (name: string, change: Omit<ListChange, 'policy'> & { policy?: Partial<ListPolicy> }, actor: string): Promise<ListRecord> {
    return await this.#changes.run(async () => {
      const list = this.changeable(name)
      const { policy, ...rest } = change
      const merged = policy === undefined ? rest : { ...rest, policy: { ...list.policy, ...policy } }
      const changed = await this.#store.updateList(list.listId, merged, { at: new Date(), actor, action: 'listChanged' })
      await this.#reload()
      this.#index.publish(changed.version)
      return changed.value
    })
  }

  async #reload (): Promise<void> {
    const records = await this.#store.lists()
    // A policy that was stored before a number existed takes that number's default.
    this.#byId = new Map(records.map(list => [list.listId, { ...list, policy: { ...defaultListPolicy, ...list.policy } }]))
    this.#plan = searchPlan(this.all().map(list => list.policy), this.#pictureSideMinPx)
  }

  all (): ListRecord[] { return [...this.#byId.values()] }

  byId (listId: number): ListRecord | undefined { return this.#byId.get(listId) }

  /** @throws KeersluisError `unknownList` */
  byName (name: string): ListRecord {
    const list = this.all().find(list => list.name === name)
    if (list === undefined) throw new KeersluisError('unknownList', 'There is no list of this name; GET /v1/lists (keersluis lists) shows all.')
    return list
  }

  /** A list that is not the built-in one. @throws KeersluisError `unknownList`, `listReserved` */
  changeable (name: string): ListRecord {
    const list = this.byName(name)
    if (list.name === testListName) throw new KeersluisError('listReserved', 'The built-in list knows only the test card and cannot be changed.')
    return list
  }

  get holdNotDistinctive (): boolean {
    return this.all().some(list => list.kind === 'known' && list.policy.notDistinctive === 'hold')
  }

  /** How far a search has to look for what these lists ask. */
  plan (): SearchPlan { return this.#plan }
}

/**
 * The widest numbers of all lists, so that one search serves them all; and no wider, as the cost of a search grows fast
 * with its radius. Without lists those of the default policy.
 */
export function searchPlan (listPolicies: readonly ListPolicy[], pictureSideMinPx: number): SearchPlan {
  const policies = listPolicies.length === 0 ? [defaultListPolicy] : listPolicies
  const most = (read: (policy: ListPolicy) => number): number => Math.max(...policies.map(read))
  const least = (read: (policy: ListPolicy) => number): number => Math.min(...policies.map(read))
  const pdqUprightRadius = Math.max(exclusionDistance, most(policy => Math.max(policy.pdqHoldDistance, policy.pdqBlockDistance, policy.videoFrameDistance)))
  return {
    pdqUprightRadius,
    pdqFrameRadius: Math.max(pdqUprightRadius, most(policy => policy.videoStepFramesMin === 0 ? 0 : policy.videoStepSeedDistance)),
    pdqTurnedRadius: most(policy => Math.max(policy.pdqBlockDistance, policy.videoFrameDistance)),
    blockhashRadius: Math.max(exclusionDistance, most(policy => policy.blockhashHoldDistance)),
    pdqQualityMin: least(policy => policy.pdqQualityMin),
    stableBitsMin: least(policy => policy.stableBitsMin),
    pictureSideMinPx,
    hitsUsual
  }
}
