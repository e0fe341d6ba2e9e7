import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { Readable } from 'node:stream'
import { test } from 'tap'
import { removeContentFile, writeContentFile } from './content-file.js'
import { contentDigests, fileDigests } from './file-digests.js'
import { blockBytes, newBlock } from './spool-memory.js'
import { Spool } from './spool.js'

const MiB = 2 ** 20
const limits = { uploadBytesMax: 1000, spoolBytesMax: 1500, spoolMemoryBytesMax: MiB }
const noHead = (): void => {}

/** Ten pieces for each MiB, none like the next. */
function pieces (bytes: number): Buffer[] {
  const length = Math.floor(MiB / 10)
  return Array.from({ length: Math.ceil(bytes / length) }, (_, i) => Buffer.alloc(Math.min(length, bytes - i * length), i + 1))
}

/** The spool frees what it has taken. */
function copies (chunks: readonly Buffer[]): Buffer[] {
  return chunks.map(chunk => Buffer.from(chunk))
}

test('a small upload stays in memory until somebody needs its file, which is private', async t => {
  const folder = path.join(t.testdir(), 'spool')
  const spool = await Spool.open(folder, limits)
  const heads: string[] = []
  const upload = await spool.receive(Readable.from([Buffer.from('ab'), Buffer.from('cdef'), Buffer.from('gh')]), 4, head => { heads.push(head.toString()) })
  t.same(heads, ['abcd'], 'the head is shown once, cut to its length')
  t.same(await readdir(folder), [])
  t.same([upload.bytes, spool.bytes, spool.memoryBytes], [8, 8, blockBytes])
  const file = await upload.written()
  t.equal(await readFile(file, 'utf8'), 'abcdefgh')
  t.equal(await upload.written(), file, 'a second time')
  t.same(upload.handOver(), { path: file }, 'a worker has nothing left to write')
  t.equal((await stat(file)).mode & 0o777, 0o600)
  t.equal((await stat(folder)).mode & 0o777, 0o700)
  t.same([spool.bytes, spool.memoryBytes], [8, 0])
  await upload.remove()
  await upload.remove()
  t.equal(spool.bytes, 0, 'removing twice counts once')
  t.same(await readdir(folder), [])
})

test('what is handed over can be written, and removed, by whoever gets it', async t => {
  const folder = path.join(t.testdir(), 'spool')
  const spool = await Spool.open(folder, { uploadBytesMax: MiB, spoolBytesMax: MiB, spoolMemoryBytesMax: MiB })
  const sent = pieces(700_000)
  const upload = await spool.receive(Readable.from(copies(sent)), 4, noHead)
  const file = upload.handOver()
  writeContentFile(file.path, file.unwritten ?? [])
  t.ok(Buffer.concat(sent).equals(await readFile(file.path)))
  t.equal((await stat(file.path)).mode & 0o777, 0o600)
  t.same(contentDigests(file.unwritten ?? []), fileDigests(file.path), 'the digests are those of the file')
  t.same(upload.handOver(), file, 'it can be handed over again')
  t.equal(spool.memoryBytes, 3 * blockBytes, 'it counts until it is removed')
  removeContentFile(file.path)
  await upload.remove()
  t.same([spool.bytes, spool.memoryBytes], [0, 0])
  t.same(await readdir(folder), [])
})

test('memory is used again, and shows nothing of who had it before', async t => {
  const spool = await Spool.open(path.join(t.testdir(), 'spool'), { uploadBytesMax: MiB, spoolBytesMax: MiB, spoolMemoryBytesMax: blockBytes })
  const buffers = new Set<SharedArrayBuffer>()
  for (const text of ['a long first text', 'short', '']) {
    const upload = await spool.receive(Readable.from([Buffer.from(`${text}!`)]), 4, noHead)
    const { unwritten = [] } = upload.handOver()
    t.same(unwritten.map(block => Buffer.from(block).toString()), [`${text}!`])
    for (const { buffer } of unwritten) buffers.add(buffer)
    await upload.remove()
  }
  t.equal(buffers.size, 1)
})

test('a large upload, and one for which memory has no room, is written while it arrives', async t => {
  const folder = path.join(t.testdir(), 'spool')
  const spool = await Spool.open(folder, { uploadBytesMax: 20 * MiB, spoolBytesMax: 40 * MiB, spoolMemoryBytesMax: 9 * MiB })
  const large = pieces(8.5 * MiB)
  const uploads = [await spool.receive(Readable.from(copies(large)), 4, noHead)]
  t.equal(spool.memoryBytes, 0)
  for (let i = 0; i < 3; i++) uploads.push(await spool.receive(Readable.from(pieces(4 * MiB)), 4, noHead))
  t.equal(spool.memoryBytes, 8 * MiB, 'the third found no room')
  t.same(uploads.map(upload => upload.handOver().unwritten === undefined), [true, false, false, true])
  const files = uploads.map(upload => upload.handOver().path)
  t.ok(Buffer.concat(large).equals(await readFile(files[0] ?? '')), 'with every byte in its place')
  t.equal((await stat(files[3] ?? '')).size, 4 * MiB)
  for (const upload of uploads) await upload.remove()
  t.same([spool.bytes, spool.memoryBytes], [0, 0])
  t.same(await readdir(folder), [])
})

test('a short upload shows the head that it has', async t => {
  const spool = await Spool.open(path.join(t.testdir(), 'spool'), limits)
  const heads: string[] = []
  const upload = await spool.receive(Readable.from([Buffer.from('ab')]), 4, head => { heads.push(head.toString()) })
  t.same(heads, ['ab'])
  await upload.remove()
})

test('limits end an upload and leave nothing', async t => {
  for (const spoolMemoryBytesMax of [0, MiB]) {
    const folder = path.join(t.testdir(), 'spool')
    const spool = await Spool.open(folder, { ...limits, spoolMemoryBytesMax })
    await t.rejects(spool.receive(Readable.from([Buffer.alloc(1001)]), 4, noHead), { code: 'uploadTooLarge' })
    await t.rejects(spool.receive(Readable.from([]), 4, noHead), { code: 'emptyUpload' })
    const held = await spool.receive(Readable.from([Buffer.alloc(900)]), 4, noHead)
    await t.rejects(spool.receive(Readable.from([Buffer.alloc(700)]), 4, noHead), { code: 'overloaded' })
    const refused = new Error('no place in the lane')
    await t.rejects(spool.receive(Readable.from([Buffer.alloc(10)]), 4, () => { throw refused }), { code: 'uploadInterrupted' })
    const broken = new Readable({ read () { this.destroy(new Error('gone')) } })
    await t.rejects(spool.receive(broken, 4, noHead), { code: 'uploadInterrupted' })
    t.equal(spool.bytes, 900, 'only the held upload counts')
    await held.remove()
    t.same([spool.bytes, spool.memoryBytes], [0, 0])
    t.same(await readdir(folder), [])
  }
})

test('a disk that does not take an upload leaves nothing in the account', async t => {
  const folder = path.join(t.testdir(), 'spool')
  const spool = await Spool.open(folder, limits)
  const upload = await spool.receive(Readable.from([Buffer.from('ab')]), 4, noHead)
  await rm(folder, { recursive: true })
  await t.rejects(upload.written(), { code: 'ENOENT' })
  t.same([spool.bytes, spool.memoryBytes], [0, 0])
})

test('a file that is there is not written over', async t => {
  const file = path.join(t.testdir({ there: 'x' }), 'there')
  t.throws(() => { writeContentFile(file, [newBlock()]) }, { code: 'EEXIST' })
})

test('a start clears what a killed gate left', async t => {
  const folder = path.join(t.testdir({ spool: {} }), 'spool')
  await writeFile(path.join(folder, 'left'), 'x')
  await Spool.open(folder, limits)
  t.same(await readdir(folder), [])
})

test('a disk that does not take an upload is not blamed on whoever sends it', async t => {
  const folder = path.join(t.testdir(), 'spool')
  const spool = await Spool.open(folder, { uploadBytesMax: 20 * MiB, spoolBytesMax: 40 * MiB, spoolMemoryBytesMax: 0 })
  await rm(folder, { recursive: true })
  await t.rejects(spool.receive(Readable.from([Buffer.alloc(9 * MiB)]), 1, () => {}), { code: 'dataDirUnusable' })
  t.equal(spool.bytes, 0)
})
