import { auditHash, detailsText, firstPreviousHash } from './audit-chain.js'
import { matchableEntries, type StoreTests } from './opened-store.test-support.js'
import { by, day, imageItem, keptCheck, newKey, newList, value } from './store-samples.test-support.js'

export const accessContract: StoreTests = {
  async 'a held check is resolved once, a blocked one never' (t, open) {
    const opened = await open(t)
    await opened.store.keepCheck(keptCheck('held', { undecided: true }))
    await opened.store.keepCheck(keptCheck('blocked', { verdict: 'block' }))
    const store = await opened.reopen()
    t.strictSame(await store.keptCheck('held'), keptCheck('held', { undecided: true }))
    t.equal(await store.keptCheck('unknown'), undefined)

    const resolution = { action: 'release' as const, reason: 'a holiday picture', at: day.toISOString(), by: 'an analyst' }
    t.equal(await store.resolveCheck('held', resolution, by('checkResolved')), true)
    t.equal(await store.resolveCheck('held', { ...resolution, action: 'block' }, by('checkResolved')), false)
    t.equal(await store.resolveCheck('blocked', resolution, by('checkResolved')), false)
    t.equal(await store.resolveCheck('unknown', resolution, by('checkResolved')), false)
    t.strictSame((await store.keptCheck('held'))?.resolution, resolution)
    const records = await store.auditRecords(0, 10)
    t.strictSame(records.map(record => record.details), [{ checkId: 'held', resolution: 'release' }])
    t.equal(await store.listVersion(), 0, 'a check is not known material')
  },

  async 'checks expire at their time' (t, open) {
    const { store } = await open(t)
    const times = ['2026-03-01T00:00:00.000Z', '2026-03-02T00:00:00.000Z', '2026-03-02T00:00:00.001Z']
    for (const [index, expiresAt] of times.entries()) await store.keepCheck(keptCheck(`check ${index}`, { expiresAt }))
    for (let index = 0; index < 450; index++) await store.keepCheck(keptCheck(`old ${index}`, { expiresAt: '2026-01-01T00:00:00.000Z' }))
    t.equal(await store.expireChecks(new Date('2026-03-02T00:00:00Z')), 452)
    t.equal(await store.keptCheck('check 1'), undefined)
    t.ok(await store.keptCheck('check 2'))
    t.equal(await store.expireChecks(new Date('2026-03-02T00:00:00Z')), 0)
  },

  async 'a key is found by its hash until it is revoked' (t, open) {
    const opened = await open(t)
    const made = await opened.store.createKey(newKey(1), by('keyCreated'))
    const second = await opened.store.createKey(newKey(2), by('keyCreated'))
    const { keyHash, ...shown } = newKey(1)
    t.strictSame(made, { ...shown, id: made.id, createdAt: day.toISOString() })
    t.not(made.id, second.id)
    await t.rejects(opened.store.createKey(newKey(1), by('keyCreated')), 'the same hash twice')

    const store = await opened.reopen()
    t.strictSame(await store.keyByHash(keyHash), made)
    t.equal(await store.keyByHash(value('sha256', 3)), undefined)
    t.equal(await store.revokeKey(made.id, by('keyRevoked')), true)
    t.equal(await store.keyByHash(keyHash), undefined)
    t.equal(await store.revokeKey(made.id, { ...by('keyRevoked'), at: new Date(0) }), true)
    t.equal(await store.revokeKey('unknown', by('keyRevoked')), false)
    const keys = await store.keys()
    t.strictSame(keys.find(key => key.id === made.id), { ...made, revokedAt: day.toISOString() })
    t.equal(keys.length, 2)
    t.strictSame((await store.auditRecords(0, 10)).map(({ action, details }) => [action, details.keyId]),
      [['keyCreated', made.id], ['keyCreated', second.id], ['keyRevoked', made.id]])
  },

  async 'every change has one record, and the records form a chain' (t, open) {
    const opened = await open(t)
    t.match(await opened.store.verifyAudit(), { intact: true, records: 0 })
    const { value: { listId } } = await opened.store.createList(newList('one'), by('listCreated', { zebra: true, ape: 'é"\n' }))
    await opened.store.updateList(listId, { action: 'hold' }, by('listChanged'))
    const { value: [added] } = await opened.store.addItems(listId, [imageItem(1), imageItem(9)], by('itemAdded'))
    await opened.store.removeItem(listId, added?.itemId ?? 0, 'a test', by('itemRemoved'))
    await opened.store.appendAudit({ ...by('gateStarted'), actor: 'gate' })

    const store = await opened.reopen()
    const records = await store.auditRecords(0, 100)
    const itemId = added?.itemId
    t.strictSame(records.map(({ action, details }) => [action, details]), [
      ['listCreated', { ape: 'é"\n', zebra: true, listId, listVersion: 1 }],
      ['listChanged', { listId, listVersion: 2 }],
      ['itemAdded', { listId, listVersion: 3, items: 2, firstItemId: itemId }],
      ['itemRemoved', { listId, listVersion: 4, itemId }],
      ['gateStarted', {}]
    ])
    let previousHash = firstPreviousHash
    for (const record of records) {
      t.equal(record.previousHash, previousHash)
      t.equal(record.hash, auditHash({ ...record, details: detailsText(record.details) }))
      previousHash = record.hash
    }
    t.strictSame(await store.auditRecords(1, 2), records.slice(1, 3))
    t.strictSame(await store.auditHead(), { seq: 5, hash: previousHash })
    t.match(await store.verifyAudit(), { intact: true, records: 5 })
  },

  async 'a long chain verifies' (t, open) {
    const { store } = await open(t)
    for (let count = 0; count < 2_000; count++) await store.appendAudit(by('gateStarted'))
    t.match(await store.verifyAudit(), { intact: true, records: 2_000 })
  },

  async 'a backup equals the store, and overwrites nothing' (t, open) {
    const { store, spareFile, openBackup } = await open(t)
    const { value: { listId } } = await store.createList(newList('one'), by('listCreated'))
    await store.addItems(listId, Array.from({ length: 5_000 }, (_, seed) => imageItem(seed)), by('itemsImported'))
    const copying = store.backup(spareFile)
    await store.appendAudit(by('backupTaken'))
    await copying
    await t.rejects(store.backup(spareFile), { code: 'fileUnreadable' })
    await t.rejects(store.backup(`${spareFile}-folder/copy`), { code: 'fileUnreadable' })

    const copy = await openBackup(spareFile)
    t.strictSame(await copy.lists(), await store.lists())
    t.strictSame(await matchableEntries(copy, 29_000), await matchableEntries(store, 29_000))
    t.strictSame(await copy.countItems(listId), { items: 5_000, withoutVariants: 0 })
    t.match(await copy.verifyAudit(), { intact: true })
    await copy.close()
  },

  async 'a closed store says so' (t, open) {
    const { store } = await open(t)
    await store.close()
    await t.rejects(store.ping(), { code: 'shuttingDown' })
  }
}
