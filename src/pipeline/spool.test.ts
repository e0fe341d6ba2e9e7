import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { Readable } from 'node:stream'
import { test } from 'tap'
import { Spool } from './spool.js'

const limits = { uploadBytesMax: 1000, spoolBytesMax: 1500 }

test('an upload lies in a private file until it is removed', async t => {
  const folder = path.join(t.testdir(), 'spool')
  const spool = await Spool.open(folder, limits)
  const heads: string[] = []
  const upload = await spool.receive(Readable.from([Buffer.from('ab'), Buffer.from('cdef'), Buffer.from('gh')]), 4, head => { heads.push(head.toString()) })
  t.equal(await readFile(upload.path, 'utf8'), 'abcdefgh')
  t.equal(upload.bytes, 8)
  t.same(heads, ['abcd'], 'the head is shown once, cut to its length')
  t.equal((await stat(upload.path)).mode & 0o777, 0o600)
  t.equal((await stat(folder)).mode & 0o777, 0o700)
  t.equal(spool.bytes, 8)
  await upload.remove()
  await upload.remove()
  t.equal(spool.bytes, 0, 'removing twice counts once')
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
  const folder = path.join(t.testdir(), 'spool')
  const spool = await Spool.open(folder, limits)
  const noHead = (): void => {}
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
  t.same(await readdir(folder), [])
})

test('a start clears what a killed gate left', async t => {
  const folder = path.join(t.testdir({ spool: {} }), 'spool')
  await writeFile(path.join(folder, 'left'), 'x')
  await Spool.open(folder, limits)
  t.same(await readdir(folder), [])
})
