import fc from 'fast-check'
import { deepStrictEqual as same } from 'node:assert/strict'
import { collect, matchableEntries, type StoreTests } from './opened-store.test-support.js'
import { by, entry, newList } from './store-samples.test-support.js'
import type { ChangeCursor, EntryRecord, ItemChange, NewItem, Store } from './store.js'

type Operation =
  | { do: 'createList' }
  | { do: 'updateList', list: number }
  | { do: 'add', list: number, items: NewItem[] }
  | { do: 'remove', list: number, item: number }
  | { do: 'reopen' }

interface ModelItem { itemId: number, listId: number, bare: boolean, entries: EntryRecord[], removedVersion?: number }

/** The plainest thing that behaves like a store. */
interface Model {
  version: number
  lists: number[]
  items: ModelItem[]
  changes: Array<ItemChange & { listId: number }>
}

const small = fc.nat({ max: 4 })
const newItem: fc.Arbitrary<NewItem> = fc.record({
  kind: fc.constantFrom('image' as const, 'hashes' as const),
  entries: fc.array(fc.record({
    algorithm: fc.constantFrom('md5' as const, 'sha1' as const, 'pdq' as const, 'blockhash' as const),
    seed: fc.nat({ max: 1_000 }),
    variant: fc.constantFrom('whole', 'trimmed', 'crop16OnBlack', 'wholeOnBlack'),
    matchable: fc.boolean()
  }).map(({ algorithm, seed, ...more }) => entry(algorithm, seed, more)), { maxLength: 4 })
})
const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 2, arbitrary: fc.constant({ do: 'createList' as const }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('updateList' as const), list: small }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('add' as const), list: small, items: fc.array(newItem, { maxLength: 25 }) }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('remove' as const), list: small, item: fc.nat({ max: 40 }) }) },
  { weight: 1, arbitrary: fc.constant({ do: 'reopen' as const }) }
)

export const modelContract: StoreTests = {
  async 'random operations leave what the plainest model says' (t, open) {
    await fc.assert(fc.asyncProperty(fc.array(operation, { minLength: 5, maxLength: 25 }), small, async (operations, pageItems) => {
      const opened = await open(t)
      let store = opened.store
      const model: Model = { version: 0, lists: [], items: [], changes: [] }
      for (const operation of operations) {
        if (operation.do === 'reopen') store = await opened.reopen()
        else await apply(store, model, operation)
      }
      await compare(store, model, pageItems + 1)
      await store.close()
    }), { numRuns: 40 })
    t.pass('all runs agree')
  }
}

async function apply (store: Store, model: Model, operation: Exclude<Operation, { do: 'reopen' }>): Promise<void> {
  if (operation.do === 'createList') {
    const { value, version } = await store.createList(newList(`list-${model.lists.length}`), by('listCreated'))
    model.lists.push(value.listId)
    same(version, ++model.version)
    return
  }
  const listId = model.lists[operation.list]
  if (listId === undefined) return
  if (operation.do === 'updateList') {
    same((await store.updateList(listId, { action: 'hold' }, by('listChanged'))).version, ++model.version)
  } else if (operation.do === 'add') {
    await add(store, model, listId, operation.items)
  } else {
    await remove(store, model, listId, operation.item)
  }
}

async function add (store: Store, model: Model, listId: number, items: NewItem[]): Promise<void> {
  const { value, version } = await store.addItems(listId, items, by('itemAdded'))
  if (items.length > 0) model.version++
  same(version, model.version)
  same(value.map(({ entries }) => entries.map(({ entryId, ...rest }) => rest)), items.map(item => item.entries))
  for (const [index, { itemId, entries }] of value.entries()) {
    const bare = items[index]?.kind === 'hashes' && entries.every(({ variant }) => variant.startsWith('whole'))
    model.items.push({ itemId, listId, bare, entries })
    model.changes.push({ version, op: 'add', itemId, listId })
  }
}

async function remove (store: Store, model: Model, listId: number, index: number): Promise<void> {
  const item = model.items[index]
  const answer = await store.removeItem(listId, item?.itemId ?? 1_000_000, 'a test', by('itemRemoved'))
  if (item === undefined || item.listId !== listId) {
    same(answer, undefined)
    return
  }
  const already = item.removedVersion !== undefined
  if (item.removedVersion === undefined) {
    item.removedVersion = ++model.version
    model.changes.push({ version: model.version, op: 'remove', itemId: item.itemId, listId })
  }
  same(answer, { value: { entries: item.entries, already }, version: item.removedVersion })
}

async function compare (store: Store, model: Model, pageItems: number): Promise<void> {
  same(await store.listVersion(), model.version)
  same((await store.lists()).map(list => list.listId), model.lists)
  const live = model.items.filter(item => item.removedVersion === undefined)
  for (const listId of model.lists) {
    const ofList = live.filter(item => item.listId === listId)
    same(await store.countItems(listId), { items: ofList.length, withoutVariants: ofList.filter(item => item.bare).length })
    for (const since of [0, Math.floor(model.version / 2), model.version]) {
      const expected = model.changes.filter(change => change.listId === listId && change.version > since).map(({ listId, ...change }) => change)
      same(await allChanges(store, listId, since, pageItems), expected)
    }
  }
  const half = Math.floor(model.version / 2)
  same(await matchableEntries(store, 0), matchable(live))
  same(await collect(store.removedEntriesSince(half)), matchable(
    model.items.filter(item => (item.removedVersion ?? 0) > half).sort((a, b) => (a.removedVersion ?? 0) - (b.removedVersion ?? 0))))
  const found = await store.entriesById(model.items.flatMap(item => item.entries.map(entry => entry.entryId)))
  same(found.map(entry => [entry.entryId, entry.itemId]), live.flatMap(item => item.entries.map(entry => [entry.entryId, item.itemId])))
  const entryIds = model.items.flatMap(item => item.entries.map(entry => entry.entryId))
  same(entryIds, [...new Set(entryIds)].sort((a, b) => a - b))
  same((await store.verifyAudit()).intact, true)
}

function matchable (items: ModelItem[]) {
  return items.flatMap(item => item.entries).filter(entry => entry.matchable)
    .map(({ entryId, algorithm, value }) => ({ entryId, algorithm, value }))
}

async function allChanges (store: Store, listId: number, sinceVersion: number, pageItems: number): Promise<ItemChange[]> {
  const all: ItemChange[] = []
  for (let cursor: ChangeCursor | undefined; ;) {
    const page = await store.changes(listId, sinceVersion, cursor, pageItems)
    all.push(...page)
    if (all.length > 10_000) throw new Error('The cursor does not move on.')
    const last = page.at(-1)
    if (last === undefined || page.length < pageItems) return all
    cursor = { version: last.version, itemId: last.itemId }
  }
}
