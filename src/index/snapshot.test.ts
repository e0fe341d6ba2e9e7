import { randomUUID } from 'node:crypto'
import { copyFileSync, existsSync, mkdtempSync, openSync, readFileSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync, writeSync, closeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'tap'
import type { Test } from 'tap'
import type { IndexEntry, PackedEntries, SnapshotProblem } from './hash-index.js'
import { compileKernel } from './kernel-instance.js'
import { SegmentedIndex } from './segmented-index.js'
import type { HandleParts } from './segmented-reader.js'
import { manifestFile, manifestText, parseManifest } from './snapshot-format.js'
import { saveSnapshotParts } from './snapshot-save.js'
import { randomValue, randomWords } from './test-data.test-support.js'

const random = randomWords(1)
const entries = Array.from({ length: 300 }, (_, i): IndexEntry => i % 3 === 0
  ? { entryId: i + 1, algorithm: 'sha1', value: randomValue(random).slice(0, 20) }
  : { entryId: i + 1, algorithm: 'pdq', value: randomValue(random) })

function packed (of: readonly IndexEntry[]): PackedEntries[] {
  return of.map(({ entryId, algorithm, value }) => ({ algorithm, entryIds: Uint32Array.of(entryId), values: value }))
}

function folderOf (t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'keersluis-snapshot-'))
  t.teardown(() => { rmSync(folder, { recursive: true }) })
  return folder
}

/** An index whose entries lie in segments, in frozen blocks and among tombstones. */
async function filled (): Promise<SegmentedIndex> {
  const index = new SegmentedIndex({ deltaEntriesMax: 100 })
  index.add(entries.slice(0, 250), 1)
  await index.settled()
  index.add(entries.slice(250), 2)
  index.remove(entries.slice(240, 260), 3)
  return index
}

function assertHolds (t: Test, index: SegmentedIndex): void {
  entries.forEach(({ entryId, algorithm, value }, i) => {
    const right = i >= 240 && i < 260 ? [] : [{ entryId, distance: 0 }]
    t.same(index.search(algorithm, value, 0), right)
  })
}

test('a snapshot brings back what was saved', async (t) => {
  const folder = folderOf(t)
  const index = await filled()
  const saving = index.saveSnapshot(folder, 'a store')
  index.add([{ entryId: 999, algorithm: 'sha1', value: new Uint8Array(20) }], 4)
  t.equal((await saving).coveredVersion, 3)
  await index.close()
  const restored = new SegmentedIndex()
  const cover = { coveredVersion: 3, lastEntryId: 300, mark: 'a store' }
  t.strictSame(await restored.loadSnapshot(folder, async (seen) => {
    t.strictSame(seen, cover)
    return false
  }), { loaded: false, problem: 'unfit', message: 'The snapshot belongs to another store.' })
  t.equal(restored.stats().memoryBytes, 0)
  t.match(await restored.loadSnapshot(folder), { loaded: true, ...cover, entries: 280 })
  t.equal(restored.version, 3)
  assertHolds(t, restored)
  await t.rejects(restored.loadSnapshot(folder), { code: 'internal' })
  await restored.close()
})

test('what has not changed is not written again, and what is old is dropped', async (t) => {
  const folder = folderOf(t)
  writeFileSync(join(folder, 'not-ours.txt'), 'stays')
  const index = await filled()
  await index.settled()
  const first = await index.saveSnapshot(folder)
  const second = await index.saveSnapshot(folder)
  t.ok(second.bytesWritten < 20_000 && first.bytesWritten > 100_000, `${first.bytesWritten}, then ${second.bytesWritten} bytes`)
  const files = readdirSync(folder)
  t.equal(files.filter((name) => name.endsWith('.tombstones')).length, 1)
  index.remove(entries, 4)
  const empty = await index.saveSnapshot(folder)
  t.equal(empty.coveredVersion, 4)
  t.ok(readdirSync(folder).includes('not-ours.txt'))
  await index.close()
  const restored = new SegmentedIndex()
  t.match(await restored.loadSnapshot(folder), { loaded: true, entries: 0, coveredVersion: 4 })
  await restored.close()
})

test('a save that fails leaves the snapshot that was there, and nothing beside it', async (t) => {
  const folder = folderOf(t)
  const index = await filled()
  await index.settled()
  const { parts } = index.handle().parts as HandleParts
  const [part] = parts
  if (part === undefined) throw new Error('an index has parts')
  const failing = (into = folder): unknown => saveSnapshotParts(into, { coveredVersion: 9, lastEntryId: 300, mark: '', parts: [{ ...part, id: randomUUID() }, { ...part, id: 'no-folder/part' }] }, compileKernel())
  t.throws(() => failing(), { code: 'ENOENT' })
  t.strictSame(readdirSync(folder), [], 'nothing of the first one')
  await index.saveSnapshot(folder)
  const files = readdirSync(folder).sort()
  for (const name of [`${randomUUID()}.part`, `${randomUUID()}.part.tmp`, `${randomUUID()}.tombstones`, 'index.json.tmp']) writeFileSync(join(folder, name), 'left by a crash')
  t.throws(() => failing(), { code: 'ENOENT' })
  t.strictSame(readdirSync(folder).sort(), files)
  await index.close()
  const damaged = folderOf(t)
  writeFileSync(join(damaged, manifestFile), 'null')
  t.throws(() => failing(damaged), { code: 'ENOENT' })
  t.strictSame(readdirSync(damaged), [manifestFile])
  const restored = new SegmentedIndex()
  t.match(await restored.loadSnapshot(folder), { loaded: true, coveredVersion: 3 })
  assertHolds(t, restored)
  await restored.close()
})

test('what a crash left is gone before a save needs its room', async (t) => {
  const folder = folderOf(t)
  const index = await filled()
  await index.saveSnapshot(folder)
  const left = join(folder, `${randomUUID()}.part.tmp`)
  writeFileSync(left, 'left by a crash')
  const { parts } = index.handle().parts as HandleParts
  const looking = { coveredVersion: 3, lastEntryId: 300, mark: '', get parts () { t.notOk(existsSync(left)); return parts } }
  saveSnapshotParts(folder, looking, compileKernel())
  await index.close()
})

/** Each way a snapshot can be broken, and what the start says of it. */
const damages: Record<string, { problem: SnapshotProblem, harm: (folder: string, part: string) => void }> = {
  'no snapshot': { problem: 'missing', harm: (folder) => { rmSync(join(folder, manifestFile)) } },
  'a cut part': { problem: 'truncated', harm: (_, part) => { truncateSync(part, statSync(part).size - 1) } },
  'a lost part': { problem: 'truncated', harm: (_, part) => { rmSync(part) } },
  'one turned bit in a part': { problem: 'corrupt', harm: (_, part) => { turnBit(part, Math.floor(statSync(part).size / 2)) } },
  'one turned bit in the tombstones': { problem: 'corrupt', harm: (folder) => { turnBit(tombstonesIn(folder), 0) } },
  'lost tombstones': { problem: 'truncated', harm: (folder) => { rmSync(tombstonesIn(folder)) } },
  'a manifest that is cut': { problem: 'corrupt', harm: (folder) => { truncateSync(join(folder, manifestFile), 100) } },
  'a manifest that is no manifest': { problem: 'corrupt', harm: (folder) => { writeFileSync(join(folder, manifestFile), 'null') } },
  'a manifest with another list version': { problem: 'corrupt', harm: (folder) => { replaceInManifest(folder, '\\"coveredVersion\\":3', '\\"coveredVersion\\":4') } },
  'another format': {
    problem: 'otherFormat',
    harm: (folder) => {
      const manifest = parseManifest(readFileSync(join(folder, manifestFile), 'utf8'))
      writeFileSync(join(folder, manifestFile), manifestText({ ...manifest, version: 99 }))
    }
  }
}

function turnBit (path: string, at: number): void {
  const byte = readFileSync(path)[at] ?? 0
  const descriptor = openSync(path, 'r+')
  writeSync(descriptor, Uint8Array.of(byte ^ 1), 0, 1, at)
  closeSync(descriptor)
}

function tombstonesIn (folder: string): string {
  return join(folder, readdirSync(folder).find((name) => name.endsWith('.tombstones')) ?? '')
}

function replaceInManifest (folder: string, from: string, to: string): void {
  const path = join(folder, manifestFile)
  writeFileSync(path, readFileSync(path, 'utf8').replace(from, to))
}

test('a snapshot that is not sound is named so and never used; the rebuilt index answers', async (t) => {
  const whole = folderOf(t)
  const index = await filled()
  await index.saveSnapshot(whole)
  await index.close()
  for (const [name, { problem, harm }] of Object.entries(damages)) {
    const folder = folderOf(t)
    for (const file of readdirSync(whole)) copyFileSync(join(whole, file), join(folder, file))
    const part = readdirSync(folder).find((file) => file.endsWith('.part')) ?? ''
    harm(folder, join(folder, part))
    const restored = new SegmentedIndex({ deltaEntriesMax: 100 })
    t.match(await restored.loadSnapshot(folder), { loaded: false, problem }, name)
    t.equal(restored.stats().memoryBytes, 0)
    await restored.load([packed(entries.filter((_, i) => i < 240 || i >= 260))], 3)
    assertHolds(t, restored)
    await restored.settled()
    assertHolds(t, restored)
    await restored.saveSnapshot(folder)
    await restored.close()
    const again = new SegmentedIndex()
    t.match(await again.loadSnapshot(folder), { loaded: true }, `${name}: saved anew`)
    assertHolds(t, again)
    await again.close()
  }
})
