import { cpSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'tap'
import { storeMark } from './fill-index.js'
import { matches, openRig, pdqLines, pdqOf, type ImportRig } from './import-rig.test-support.js'
import { Snapshots } from './snapshots.js'

function snapshotsOf (rig: ImportRig, problems: unknown[] = []): Snapshots {
  return new Snapshots(rig.store, rig.index, rig.changes, {
    folder: rig.snapshotFolder, lookEveryMs: 1e6, changeMsMax: 0, changedEntriesMax: 1e6, onProblem: error => { problems.push(error) }
  })
}

async function removeFirst (rig: ImportRig, since: number): Promise<void> {
  const { listId } = rig.lists.byName('big')
  const [change] = await rig.store.changes(listId, since, undefined, 1)
  const removed = await rig.store.removeItem(listId, change?.itemId ?? 0, 'a test', { at: new Date(), actor: 'test', action: 'itemRemoved' })
  rig.index.remove(removed?.value.entries ?? [], removed?.version ?? 0)
}

/** A folder as a killed gate leaves it: a snapshot of 200 entries, then 50 more and two removed. */
async function killedGate (folder: string): Promise<void> {
  const rig = await openRig(folder)
  await rig.createList('big')
  await rig.run('big', pdqLines(0, 200))
  await snapshotsOf(rig).saveIfDue()
  const { version } = rig.index
  await rig.run('big', pdqLines(200, 250))
  await removeFirst(rig, 0)
  await removeFirst(rig, version)
  await rig.close()
}

const seeds = Array.from({ length: 260 }, (_, seed) => seed)
const expected = seeds.map(seed => seed === 0 || seed === 200 || seed >= 250 ? 0 : 1)
const held = (rig: ImportRig): number[] => seeds.map(seed => matches(rig, 'pdq', pdqOf(seed)))

test('a start reads the snapshot and only what is newer from the store', async t => {
  const folder = t.testdir()
  await killedGate(folder)
  const rig = await openRig(folder)
  t.match(rig.filled, { from: 'snapshot', entries: 248, problem: undefined })
  t.strictSame(held(rig), expected)
  t.equal(rig.index.version, await rig.store.listVersion())
  t.equal(rig.index.stats().deltaEntries, 248)
  let read = 0
  for await (const page of rig.store.matchableEntries(200)) for (const { entryIds } of page) read += entryIds.length
  t.equal(read, 49)
  await rig.close()
})

test('a snapshot that is missing, cut, altered or of another past is said and not used', async t => {
  const folders = t.testdir({ whole: {} })
  const whole = path.join(folders, 'whole')
  await killedGate(whole)
  const part = (folder: string): string => path.join(folder, 'snapshot', readdirSync(path.join(folder, 'snapshot')).find(name => name.endsWith('.part')) ?? '')
  const harms: Record<string, { problem: string | undefined, harm: (folder: string) => void }> = {
    missing: { problem: undefined, harm: folder => { rmSync(path.join(folder, 'snapshot'), { recursive: true }) } },
    cut: { problem: 'truncated', harm: folder => { truncateSync(part(folder), 5_000) } },
    altered: { problem: 'corrupt', harm: folder => { writeFileSync(part(folder), readFileSync(part(folder)).fill(7, 2_000, 2_001)) } }
  }
  for (const [name, { problem, harm }] of Object.entries(harms)) {
    const folder = path.join(folders, name)
    cpSync(whole, folder, { recursive: true })
    harm(folder)
    const rig = await openRig(folder)
    t.match(rig.filled, { from: 'store', entries: 248, problem })
    t.strictSame(held(rig), expected, name)
    await snapshotsOf(rig).saveIfDue()
    await rig.close()
    const again = await openRig(folder)
    t.match(again.filled, { from: 'snapshot', entries: 248 })
    t.strictSame(held(again), expected)
    await again.close()
  }
})

test('after a backup is put back, the snapshot of what came after it is not used, however far the store has gone on', async t => {
  const folder = t.testdir()
  const before = await openRig(folder)
  await before.createList('big')
  await before.run('big', pdqLines(0, 100))
  const backup = path.join(folder, 'backup.sqlite')
  await before.store.backup(backup)
  await before.run('big', pdqLines(100, 200))
  const lost = snapshotsOf(before)
  await lost.saveIfDue()
  await lost.close()
  await before.close()
  for (const suffix of ['', '-wal', '-shm']) rmSync(path.join(folder, `store.sqlite${suffix}`), { force: true })
  cpSync(backup, path.join(folder, 'store.sqlite'))
  const restored = await openRig(folder)
  t.match(restored.filled, { from: 'store', entries: 100, problem: 'unfit' })
  for (let i = 200; i < 220; i++) await restored.run('big', pdqLines(i, i + 1))
  await restored.close()
  const again = await openRig(folder)
  t.match(again.filled, { from: 'store', entries: 120, problem: 'unfit' }, 'the version is higher than that of the snapshot now')
  t.equal(matches(again, 'pdq', pdqOf(150)), 0)
  t.equal(matches(again, 'pdq', pdqOf(219)), 1)
  await again.close()
})

test('a snapshot is saved when something changed, at the end, and again after a failure', async t => {
  const folder = t.testdir()
  const rig = await openRig(folder)
  const problems: unknown[] = []
  const snapshots = snapshotsOf(rig, problems)
  await rig.createList('big')
  writeFileSync(rig.snapshotFolder, 'no folder')
  await snapshots.saveIfDue()
  t.equal(problems.length, 1)
  rmSync(rig.snapshotFolder)
  await snapshots.saveIfDue()
  const manifest = path.join(rig.snapshotFolder, 'index.json')
  const first = readFileSync(manifest, 'utf8')
  t.ok(first.includes(await storeMark(rig.store)))
  await snapshots.saveIfDue()
  t.equal(readFileSync(manifest, 'utf8'), first, 'nothing changed')
  await rig.run('big', pdqLines(0, 3))
  await snapshots.close()
  t.not(readFileSync(manifest, 'utf8'), first)
  await rig.close()
  const again = await openRig(folder)
  t.match(again.filled, { from: 'snapshot', entries: 3 })
  await again.close()
})
