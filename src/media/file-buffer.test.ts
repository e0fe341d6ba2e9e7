import { closeSync, openSync, writeFileSync } from 'node:fs'
import { test } from 'tap'
import { FileBuffer } from './file-buffer.js'

test('files of all lengths are read whole, one after the other, up to the limit', t => {
  const folder = t.testdir()
  const limitBytes = 3_000_000
  const files = new FileBuffer(limitBytes)
  const bytesOf = (length: number): Buffer => Buffer.alloc(length, length % 251 + 1)
  for (const length of [5, 0, 2_500_000, 1, limitBytes, 70_000]) {
    writeFileSync(`${folder}/file`, bytesOf(length))
    t.ok(files.read(`${folder}/file`)?.equals(bytesOf(length)), `${length} bytes`)
  }
  writeFileSync(`${folder}/file`, bytesOf(limitBytes + 1))
  t.equal(files.read(`${folder}/file`), undefined)
  t.throws(() => files.read(`${folder}/none`))
  t.end()
})

test('a stream is read piece by piece, none of it twice', t => {
  const folder = t.testdir({ stream: 'abcdefghij' })
  const stream = openSync(`${folder}/stream`, 'r')
  t.teardown(() => { closeSync(stream) })
  const files = new FileBuffer(6)
  t.equal(files.readNext(stream, 3)?.toString(), 'abc')
  t.equal(files.readNext(stream, 7), undefined, 'more than there is memory for')
  t.equal(files.readNext(stream, 5)?.toString(), 'defgh')
  t.equal(files.readNext(stream, 3), undefined, 'it ends before')
  t.end()
})
