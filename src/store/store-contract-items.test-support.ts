import { collect, matchableEntries, type StoreTests } from './opened-store.test-support.js'
import { bareItem, by, day, entry, imageItem, newList, value } from './store-samples.test-support.js'
import { itemsPerCallMax } from './store.js'

export const itemContract: StoreTests = {
  async 'a new store is empty, at version 0' (t, open) {
    const { store } = await open(t)
    t.equal(await store.listVersion(), 0)
    t.strictSame(await store.lists(), [])
    t.strictSame(await matchableEntries(store, 0), [])
    await store.ping()
  },

  async 'a list is created once, changed, and keeps its name and kind' (t, open) {
    const { store, reopen } = await open(t)
    const made = await store.createList(newList('one'), by('listCreated'))
    t.equal(made.version, 1)
    t.strictSame(made.value, { ...newList('one'), listId: made.value.listId, createdAt: day.toISOString(), version: 1 })
    await t.rejects(store.createList(newList('one'), by('listCreated')), { code: 'listExists' })
    t.equal(await store.listVersion(), 1, 'a refused change is no change')

    const policy = { ...newList('one').policy, pdqBlockDistance: 20 }
    const changed = await store.updateList(made.value.listId, { action: 'observe', policy }, by('listChanged'))
    t.strictSame(changed, { value: { ...made.value, action: 'observe', policy, version: 2 }, version: 2 })
    await t.rejects(store.updateList(77, { action: 'hold' }, by('listChanged')), { code: 'unknownList' })
    t.strictSame(await (await reopen()).lists(), [changed.value])
  },

  async 'an item comes back as it was added, also after a restart' (t, open) {
    const opened = await open(t)
    const { value: list } = await opened.store.createList(newList('one'), by('listCreated'))
    const { value: [added], version } = await opened.store.addItems(list.listId, [imageItem(5)], by('itemAdded'))
    const { itemId, entries } = added ?? t.fail('nothing was added') as never
    t.strictSame(entries.map(({ entryId, ...rest }) => rest), imageItem(5).entries)

    const store = await opened.reopen()
    const { entries: _, ...kept } = imageItem(5)
    const record = { ...kept, itemId, listId: list.listId, addedAt: day.toISOString(), addedVersion: version }
    t.strictSame(await store.item(itemId), record)
    t.strictSame(await store.itemBySha256(list.listId, value('sha256', 5)), record)
    t.equal(await store.itemBySha256(list.listId + 1, value('sha256', 5)), undefined)
    t.equal(await store.item(itemId + 1), undefined)
    t.strictSame(await store.entriesOfItem(itemId), entries)
    t.strictSame(await store.entriesOfItem(itemId + 1), [])
    t.strictSame(await matchableEntries(store, 0),
      entries.filter(entry => entry.matchable).map(({ entryId, algorithm, value }) => ({ entryId, algorithm, value })))
    const ids = entries.map(entry => entry.entryId)
    t.strictSame(await store.entriesById([...ids].reverse().concat(ids, 99_999)),
      entries.map(entry => ({ ...entry, itemId, itemKind: 'image', listId: list.listId, reference: 'reference 5', category: 'other' })))
  },

  async 'a live item takes more entries, which a removed one does not' (t, open) {
    const { store, reopen } = await open(t)
    const { value: list } = await store.createList(newList('one'), by('listCreated'))
    const { value: [item] } = await store.addItems(list.listId, [bareItem(1)], by('itemAdded'))
    const itemId = item?.itemId ?? t.fail('nothing was added') as never
    const more = await store.addEntries(itemId, [entry('pdq', 2), entry('pdq', 3)], by('itemCompleted'))
    t.equal(more?.version, 3)
    t.strictSame(more?.value.map(({ entryId, ...rest }) => rest), [entry('pdq', 2), entry('pdq', 3)])
    t.strictSame(await store.addEntries(itemId, [], by('itemCompleted')), { value: [], version: 3 }, 'no entries change nothing')
    t.equal(await store.addEntries(itemId + 1, [entry('pdq', 4)], by('itemCompleted')), undefined)
    await t.rejects(store.addEntries(itemId, [{ ...entry('pdq', 1), value: new Uint8Array(31) }], by('itemCompleted')), { code: 'malformedHash' })

    const again = await reopen()
    t.strictSame(await again.entriesOfItem(itemId), [...item?.entries ?? [], ...more?.value ?? []])
    t.match((await again.auditRecords(2, 9)).at(-1), { action: 'itemCompleted', details: { itemId, entries: 2, listVersion: 3 } })
    await again.removeItem(list.listId, itemId, 'mistaken', by('itemRemoved'))
    t.equal(await again.addEntries(itemId, [entry('pdq', 4)], by('itemCompleted')), undefined)
  },

  async 'an export has every entry of the live items of one list' (t, open) {
    const { store } = await open(t)
    const { value: one } = await store.createList(newList('one'), by('listCreated'))
    const { value: two } = await store.createList(newList('two'), by('listCreated'))
    const { value: added } = await store.addItems(one.listId, [imageItem(1), bareItem(2)], by('itemAdded'))
    await store.addItems(two.listId, [bareItem(3)], by('itemAdded'))
    const { value: [more] } = await store.addItems(one.listId, [bareItem(4)], by('itemAdded'))
    await store.removeItem(one.listId, added[1]?.itemId ?? 0, 'mistaken', by('itemRemoved'))
    const exported = await collect(store.exportEntries(one.listId))
    t.strictSame(exported.map(entry => entry.entryId), [...added[0]?.entries ?? [], ...more?.entries ?? []].map(entry => entry.entryId))
    t.match(exported[0], { itemKind: 'image', listId: one.listId, reference: 'reference 1', matchable: true })
    t.strictSame(await collect(store.exportEntries(99)), [])
  },

  async 'bare hashes are added as items of one entry, in one change' (t, open) {
    const { store, reopen } = await open(t)
    const { value: list } = await store.createList(newList('one'), by('listCreated'))
    await store.addItems(list.listId, [bareItem(9)], by('itemAdded'))
    const values = [1, 2, 3].map(seed => value('sha1', seed))
    const hashes = { algorithm: 'sha1' as const, values: Buffer.concat(values) }
    const { value: { firstItemId, firstEntryId }, version } = await store.addBareHashes(list.listId, hashes, by('itemsImported'))
    t.equal(version, 3)
    const again = await reopen()
    t.strictSame(await matchableEntries(again, firstEntryId - 1), values.map((value, i) => ({ entryId: firstEntryId + i, algorithm: 'sha1', value })))
    for (const i of values.keys()) {
      t.match(await again.item(firstItemId + i), { kind: 'hashes', listId: list.listId, addedVersion: version, addedAt: day.toISOString() })
      t.strictSame(await again.entriesOfItem(firstItemId + i), [{ ...entry('sha1', i + 1), entryId: firstEntryId + i }])
    }
    t.strictSame(await again.countItems(list.listId), { items: 4, withoutVariants: 4 })
  },

  async 'bare hashes that cannot be stored change nothing, and ids go on behind those that were' (t, open) {
    const { store } = await open(t)
    const { value: list } = await store.createList(newList('one'), by('listCreated'))
    const of = (bytes: number) => ({ algorithm: 'pdq' as const, values: new Uint8Array(bytes) })
    await t.rejects(store.addBareHashes(77, of(32), by('itemsImported')), { code: 'unknownList' })
    await t.rejects(store.addBareHashes(list.listId, of(33), by('itemsImported')), { code: 'malformedHash' })
    await t.rejects(store.addBareHashes(list.listId, of(32 * (itemsPerCallMax + 1)), by('itemsImported')), { code: 'requestTooLarge' })
    t.equal((await store.addBareHashes(list.listId, of(0), by('itemsImported'))).version, 1)
    const { value: first } = await store.addBareHashes(list.listId, of(64), by('itemsImported'))
    const { value: [next] } = await store.addItems(list.listId, [bareItem(1)], by('itemAdded'))
    t.equal(next?.itemId, first.firstItemId + 2)
    t.equal(next?.entries[0]?.entryId, first.firstEntryId + 2)
  },

  async 'hashes that are not searched are known to their list' (t, open) {
    const { store } = await open(t)
    const { value: one } = await store.createList(newList('one'), by('listCreated'))
    const { value: two } = await store.createList(newList('two'), by('listCreated'))
    const flat = entry('pdq', 1, { matchable: false })
    const { value: [added] } = await store.addItems(one.listId, [{ kind: 'hashes', entries: [flat, entry('pdq', 2)] }], by('itemAdded'))
    t.equal(await store.hasUnmatchable(one.listId, 'pdq', flat.value), true)
    t.equal(await store.hasUnmatchable(two.listId, 'pdq', flat.value), false)
    t.equal(await store.hasUnmatchable(one.listId, 'blockhash', flat.value), false)
    t.equal(await store.hasUnmatchable(one.listId, 'pdq', value('pdq', 2)), false)
    await store.removeItem(one.listId, added?.itemId ?? 0, 'mistaken', by('itemRemoved'))
    t.equal(await store.hasUnmatchable(one.listId, 'pdq', flat.value), false)
  },

  async 'what cannot be stored changes nothing' (t, open) {
    const { store } = await open(t)
    const { value: list } = await store.createList(newList('one'), by('listCreated'))
    const short = { ...entry('pdq', 1), value: new Uint8Array(31) }
    const refused: Array<[Parameters<typeof store.addItems>[1], number, string]> = [
      [[bareItem(1)], 77, 'unknownList'],
      [[bareItem(1), { kind: 'hashes', entries: [short] }], list.listId, 'malformedHash'],
      [[{ ...bareItem(1), sha256: new Uint8Array(20) }], list.listId, 'malformedHash'],
      [Array(itemsPerCallMax + 1).fill(bareItem(1)), list.listId, 'requestTooLarge']
    ]
    for (const [items, listId, code] of refused) await t.rejects(store.addItems(listId, items, by('itemAdded')), { code })
    t.strictSame(await store.addItems(list.listId, [], by('itemAdded')), { value: [], version: 1 })
    t.equal(await store.listVersion(), 1)
    t.equal((await store.auditRecords(0, 10)).length, 1)
    t.strictSame(await store.countItems(list.listId), { items: 0, withoutVariants: 0 })
    await t.rejects(store.countItems(77), { code: 'unknownList' })
  },

  async 'a removal is final, said once, and frees the content to be added again' (t, open) {
    const { store } = await open(t)
    const { value: list } = await store.createList(newList('one'), by('listCreated'))
    const { value: other } = await store.createList(newList('two'), by('listCreated'))
    const { value: [added] } = await store.addItems(list.listId, [imageItem(5)], by('itemAdded'))
    const { itemId, entries } = added ?? t.fail('nothing was added') as never
    t.equal(await store.removeItem(other.listId, itemId, 'wrong list', by('itemRemoved')), undefined)
    t.equal(await store.removeItem(list.listId, itemId + 1, 'unknown', by('itemRemoved')), undefined)

    t.strictSame(await store.removeItem(list.listId, itemId, 'a mistake', by('itemRemoved')), { value: { entries, already: false }, version: 4 })
    t.strictSame(await store.removeItem(list.listId, itemId, 'again', by('itemRemoved')), { value: { entries, already: true }, version: 4 })
    t.equal(await store.listVersion(), 4)
    t.strictSame((await store.item(itemId))?.removed, { at: day.toISOString(), version: 4, reason: 'a mistake' })
    t.strictSame(await store.entriesOfItem(itemId), entries, 'the entries stay on record')
    t.strictSame(await store.entriesById(entries.map(entry => entry.entryId)), [])
    t.strictSame(await matchableEntries(store, 0), [])
    t.equal(await store.itemBySha256(list.listId, value('sha256', 5)), undefined)
    const matchable = entries.filter(entry => entry.matchable).map(({ entryId, algorithm, value }) => ({ entryId, algorithm, value }))
    t.strictSame(await collect(store.removedEntriesSince(3)), matchable)
    t.strictSame(await collect(store.removedEntriesSince(4)), [])

    const { value: [again] } = await store.addItems(list.listId, [imageItem(5)], by('itemAdded'))
    t.ok(again !== undefined && again.itemId > itemId, 'an item id is never used twice')
    t.ok(again?.entries.every(entry => entry.entryId > Math.max(...entries.map(({ entryId }) => entryId))), 'nor is an entry id')
  },

  async 'items are counted' (t, open) {
    const { store } = await open(t)
    const { value: { listId } } = await store.createList(newList('one'), by('listCreated'))
    const cropped = { ...bareItem(2), entries: [entry('pdq', 2), entry('pdq', 3, { variant: 'crop03' })] }
    const { value: added } = await store.addItems(listId, [bareItem(1), cropped, imageItem(4), bareItem(9)], by('itemAdded'))
    t.strictSame(await store.countItems(listId), { items: 4, withoutVariants: 2 })
    for (const { itemId } of added.slice(0, 2)) await store.removeItem(listId, itemId, 'a test', by('itemRemoved'))
    t.strictSame(await store.countItems(listId), { items: 2, withoutVariants: 1 })
  },

  async 'entries stream in pages, by id, and let others run in between' (t, open) {
    const { store } = await open(t)
    const { value: { listId } } = await store.createList(newList('one'), by('listCreated'))
    const items = Array.from({ length: 6_000 }, (_, seed) => ({
      kind: 'hashes' as const,
      entries: [entry('md5', seed), entry('pdq', seed, { matchable: seed % 100 === 99 })]
    }))
    await store.addItems(listId, items, by('itemsImported'))
    let turns = 0
    const timer = setInterval(() => turns++, 0)
    const entries = await matchableEntries(store, 0)
    clearInterval(timer)
    t.ok(turns > 0)
    t.equal(entries.length, 6_060)
    t.strictSame(entries.map(entry => entry.entryId), entries.map(entry => entry.entryId).sort((a, b) => a - b))
    const [, second, third] = entries
    t.strictSame(second, { entryId: 3, algorithm: 'md5', value: value('md5', 1) })
    t.strictSame((await matchableEntries(store, 3))[0], third)
  }
}
