import { test } from 'tap'
import { itemsPerCallMax, type NewItem } from '../store/store.js'
import { lineOf, matches, openRig, pdqLines, pdqOf, testRig } from './import-rig.test-support.js'
import { exportList } from './list-export.js'

const md5 = (seed: number): Uint8Array => pdqOf(seed).subarray(0, 16)

test('what was imported is matchable when it returns, and after a start', async t => {
  const folder = t.testdir()
  const rig = await openRig(folder)
  await rig.createList('big')
  const count = itemsPerCallMax + 500
  const result = await rig.run('big', ['# a comment', ...pdqLines(0, count), '', lineOf('md5', md5(1)), lineOf('sha256', pdqOf(3))])
  t.match(result, { lines: count + 4, added: count + 2, known: 0, refused: {}, refusals: [], listVersion: rig.index.version })
  const holds = (rig: Awaited<ReturnType<typeof openRig>>): void => {
    for (const seed of [0, 1, 3_999, 4_000, count - 1]) t.equal(matches(rig, 'pdq', pdqOf(seed)), 1)
    t.equal(matches(rig, 'pdq', pdqOf(7, 5), 10), 1)
    t.equal(matches(rig, 'pdq', pdqOf(count)), 0)
    t.equal(matches(rig, 'md5', md5(1)), 1)
    t.equal(matches(rig, 'sha256', pdqOf(3)), 1)
  }
  holds(rig)
  t.match(await rig.store.countItems(rig.lists.byName('big').listId), { items: count + 2, withoutVariants: count + 2 })
  t.match(await rig.store.verifyAudit(), { intact: true })
  await rig.index.settled()
  holds(rig)
  await rig.close()
  const again = await openRig(folder)
  holds(again)
  await again.close()
})

test('the same list again adds nothing, a longer one what is new', async t => {
  const rig = await testRig(t)
  await rig.createList('big')
  await rig.createList('other')
  const flat = lineOf('pdq', new Uint8Array(32))
  const lines = [...pdqLines(0, 300), flat]
  t.match(await rig.run('big', lines), { added: 300, known: 0, refused: { lowWeight: 1 } })
  const { version } = rig.index
  t.match(await rig.run('big', [...lines, ...lines]), { added: 0, known: 600, refused: { lowWeight: 2 } })
  t.equal(rig.index.version, version, 'nothing was changed')
  await rig.index.settled()
  t.match(await rig.run('big', [...pdqLines(290, 310), flat]), { added: 10, known: 10 })
  t.match(await rig.run('other', lines), { added: 300, known: 0 }, 'another list has its own')
  t.equal(matches(rig, 'pdq', pdqOf(5)), 2)
  t.match(await rig.store.countItems(rig.lists.byName('big').listId), { items: 311 })
  t.match(await rig.store.countItems(rig.lists.byName('other').listId), { items: 301 })
})

test('a hash that stands twice in a file is added once', async t => {
  const rig = await testRig(t)
  await rig.createList('big')
  const lines = pdqLines(0, 50)
  t.match(await rig.run('big', [...lines, ...lines.map(line => line.toUpperCase().replace('PDQ', 'pdq')), ...pdqLines(50, 60)]), { added: 60, known: 50 })
  t.equal(matches(rig, 'pdq', pdqOf(5)), 1)
})

test('a hash that an earlier line kept for the record only is in force when a later line says that it is good', async t => {
  const rig = await testRig(t)
  await rig.createList('big')
  const row = (seed: number, quality: number): string => `${lineOf('pdq', pdqOf(seed)).replace(' ', ',')},${quality}`
  const rows = [row(1, 0), row(1, 90), row(1, 0), row(1, 80), row(2, 90), row(2, 0)]
  t.match(await rig.run('big', ['algorithm,value,quality', ...rows]), { added: 2, known: 1, refused: { lowQuality: 3 } })
  t.equal(matches(rig, 'pdq', pdqOf(1)), 1)
  t.equal(matches(rig, 'pdq', pdqOf(2)), 1)
  t.match(await rig.store.countItems(rig.lists.byName('big').listId), { items: 3 })
  t.match(await rig.run('big', ['algorithm,value,quality', ...rows]), { added: 0, known: 3 })
})

test('the same list twice at once is added once', async t => {
  const rig = await testRig(t)
  await rig.createList('big')
  const lines = [...pdqLines(0, 70_000), lineOf('md5', md5(1)), lineOf('pdq', new Uint8Array(32))]
  const results = await Promise.all([rig.run('big', lines), rig.run('big', lines)])
  const sum = (of: (result: typeof results[number]) => number): number => results.reduce((total, result) => total + of(result), 0)
  t.equal(sum(result => result.added), 70_001)
  t.equal(sum(result => result.known), 70_001)
  t.match(await rig.store.countItems(rig.lists.byName('big').listId), { items: 70_002 })
  for (const seed of [0, 65_536, 69_999]) t.equal(matches(rig, 'pdq', pdqOf(seed)), 1)
})

test('an item that was taken off the list comes back with the list', async t => {
  const rig = await testRig(t)
  await rig.createList('big')
  await rig.run('big', pdqLines(0, 5))
  const { listId } = rig.lists.byName('big')
  const [change] = await rig.store.changes(listId, 0, undefined, 1)
  const removed = await rig.store.removeItem(listId, change?.itemId ?? 0, 'a test', { at: new Date(), actor: 'test', action: 'itemRemoved' })
  rig.index.remove(removed?.value.entries ?? [], removed?.version ?? 0)
  t.equal(matches(rig, 'pdq', pdqOf(0)), 0)
  t.match(await rig.run('big', pdqLines(0, 5)), { added: 1, known: 4 })
  t.equal(matches(rig, 'pdq', pdqOf(0)), 1)
})

test('what is refused is counted by code and named by line, never by value', async t => {
  const rig = await testRig(t)
  await rig.createList('big')
  const row = (seed: number, more: string): string => `pdq,${Buffer.from(pdqOf(seed)).toString('hex')},${more}`
  const result = await rig.run('big', [
    'algorithm,value,quality,stableBits,reference,category', row(1, '80,,r1,c1'), row(2, '20'), `blockhash,${'ab'.repeat(32)},,10`, `blockhash,${'cd'.repeat(32)},,200`,
    'md5,xyz', `pdq,${'00'.repeat(32)}`, row(3, '999')
  ])
  t.strictSame(result.refusals, [
    { line: 6, code: 'malformedHash' }, { line: 8, code: 'malformedNumber' }, { line: 3, code: 'lowQuality' }, { line: 4, code: 'lowStableBits' }, { line: 7, code: 'lowWeight' }
  ])
  t.strictSame(result.refused, { malformedHash: 1, malformedNumber: 1, lowQuality: 1, lowStableBits: 1, lowWeight: 1 })
  t.match(result, { lines: 8, added: 2 })
  const [hit] = rig.index.search('pdq', pdqOf(1), 0)
  t.match(await rig.store.entriesById([hit?.entryId ?? 0]), [{ quality: 80, reference: 'r1', category: 'c1', itemKind: 'hashes' }])
  t.equal(matches(rig, 'pdq', pdqOf(2)), 0)
  const many = await rig.run('big', Array.from({ length: 500 }, () => 'junk'))
  t.equal(many.refusals.length, 100)
  t.strictSame(many.refused, { malformedLine: 500 })
})

test('a list comes back from its export with every hash, whatever its texts', async t => {
  const rig = await testRig(t)
  await rig.createList('big')
  await rig.createList('other')
  const texts = ['a\nb', 'c\r\n"d", e', 'f\u0000\tg', 'h\u2028i', '\u{1F600}'.repeat(200), '"'.repeat(200), '\n']
  const items: NewItem[] = texts.map((text, i) => ({ kind: 'hashes', reference: text, category: text, entries: [{ algorithm: 'pdq', value: pdqOf(i), variant: 'whole', matchable: true }] }))
  await rig.store.addItems(rig.lists.byName('big').listId, items, { at: new Date(), actor: 'test', action: 'itemAdded' })
  let csv = ''
  for await (const part of await exportList('big', 'csv', rig, 'test')) csv += part
  t.match(await rig.run('other', [csv]), { lines: texts.length + 1, added: texts.length, refused: {} })
  const [hit] = rig.index.search('pdq', pdqOf(1), 0)
  t.match(await rig.store.entriesById([hit?.entryId ?? 0]), [{ reference: 'c  "d", e', category: 'c  "d", e' }])
})

test('an exclusion beside known material is refused', async t => {
  const rig = await testRig(t)
  await rig.createList('big')
  await rig.createList('fine', 'exclusion')
  await rig.run('big', pdqLines(0, 3))
  t.match(await rig.run('fine', [lineOf('pdq', pdqOf(1, 4)), lineOf('pdq', pdqOf(9)), lineOf('md5', md5(4))]), { added: 2, refused: { confirmCollision: 1 }, refusals: [{ line: 1 }] })
  t.equal(matches(rig, 'pdq', pdqOf(1, 4)), 0)
  await rig.run('big', [lineOf('blockhash', pdqOf(20))])
  t.match(await rig.run('fine', [lineOf('blockhash', pdqOf(20, 12)), lineOf('blockhash', pdqOf(20, 13))]), { added: 1, refused: { confirmCollision: 1 }, refusals: [{ line: 1 }] })
  t.equal(matches(rig, 'blockhash', pdqOf(20, 12)), 0)
})

test('what was stored before a file breaks off stays, and is matchable', async t => {
  const rig = await testRig(t)
  await rig.createList('big')
  const lines = pdqLines(0, 70_000)
  const breaking = async function * (): AsyncGenerator<Uint8Array> {
    yield Buffer.from(lines.join('\n') + '\n')
    throw new Error('the connection is gone')
  }
  await t.rejects(rig.imports.run('big', breaking(), 'test'), { message: 'the connection is gone' })
  const { items } = await rig.store.countItems(rig.lists.byName('big').listId)
  t.ok(items > 0 && items < 70_000, `${items} items`)
  t.equal(rig.index.stats().entries.pdq, items)
  t.match(await rig.run('big', lines), { added: 70_000 - items, known: items })
  t.equal(rig.index.stats().entries.pdq, 70_000)
})

test('lists that cannot be imported into', async t => {
  const rig = await testRig(t)
  await t.rejects(rig.run('none', []), { code: 'unknownList' })
  await rig.lists.create({ name: 'test', kind: 'known', action: 'block', category: '', source: '', legalGround: '' }, 'gate')
  await t.rejects(rig.run('test', pdqLines(0, 1)), { code: 'listReserved' })
})
