import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { test } from 'tap'
import { eachFile, isMultipart } from './multipart.js'

const boundary = '----boundary-7d1'
const headers = { 'content-type': `multipart/form-data; boundary=${boundary}` }

const file = (content: Uint8Array): Buffer => Buffer.concat([
  Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="x.jpg"\r\nContent-Type: image/jpeg\r\n\r\n`), content, Buffer.from('\r\n')
])
const field = (name: string): Buffer => Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\nvalue\r\n`)
const end = Buffer.from(`--${boundary}--\r\n`)

/** A stream of pieces that are cut at these places. */
function streamOf (body: Buffer, cuts: readonly number[] = []): Readable {
  const at = [0, ...[...cuts].sort((a, b) => a - b), body.length]
  return Readable.from(at.slice(1).map((to, i) => Buffer.from(body.subarray(at[i], to))).filter(piece => piece.length > 0))
}

async function contentsOf (body: Readable, of: Record<string, string> = headers): Promise<Buffer[]> {
  const contents: Buffer[] = []
  await eachFile(body, of, async stream => { contents.push(Buffer.concat(await stream.toArray() as Buffer[])) })
  return contents
}

test('files come out as they went in, wherever the body is cut', async t => {
  const content = fc.oneof(fc.uint8Array({ maxLength: 3_000 }), fc.constantFrom('\r', '\r\n', `\r\n--${boundary.slice(0, -1)}`, `-${boundary}`, `x--${boundary}`, '\r\n--').map(text => new Uint8Array(Buffer.from(text))))
  await fc.assert(fc.asyncProperty(content, fc.boolean(), fc.array(fc.nat(4_000), { maxLength: 6 }), async (bytes, hasField, cuts) => {
    const body = Buffer.concat([...(hasField ? [field('before')] : []), file(bytes), field('after'), end])
    const [got] = await contentsOf(streamOf(body, cuts.map(cut => cut % body.length)))
    return got?.equals(bytes) === true
  }), { numRuns: 300 })
  const large = Buffer.alloc(3_000_000, 'picture')
  t.same((await contentsOf(streamOf(Buffer.concat([file(large), end]), [65_536, 131_072, 2_000_000]))).map(got => got.equals(large)), [true])
  t.same(await contentsOf(streamOf(Buffer.concat([field('only'), end]))), [], 'fields are passed over')
})

test('a body that ends early has no file, wherever it ends', async t => {
  const body = Buffer.concat([file(Buffer.from('some bytes of a picture')), end])
  for (let bytes = 0; bytes < body.length - 4; bytes++) {
    await t.rejects(contentsOf(streamOf(body.subarray(0, bytes))), `${bytes} bytes`)
  }
  const broken = new Readable({ read () {} })
  broken.push(body.subarray(0, 100))
  const contents = contentsOf(broken)
  await sleep(10)
  broken.destroy()
  await t.rejects(contents, /closed/)
  await t.rejects(contentsOf(broken), /closed/, 'that it was closed before makes no difference')
})

const part = (head: string, content: string): Buffer => Buffer.from(`--${boundary}\r\n${head}\r\n\r\n${content}\r\n`)

test('what is no multipart, or too much of it, is refused', async t => {
  await t.rejects(contentsOf(streamOf(end), { 'content-type': 'multipart/form-data' }), /boundary/i)
  t.same(await contentsOf(streamOf(Buffer.concat([...Array.from({ length: 99 }, (_, i) => field(String(i))), file(Buffer.from('a')), end]))), [Buffer.from('a')])
  await t.rejects(contentsOf(streamOf(Buffer.concat([...Array.from({ length: 101 }, (_, i) => field(String(i))), end]))), { code: 'invalidRequest' })
  await t.rejects(contentsOf(streamOf(Buffer.concat([part('Content-Disposition: form-data; name="text"', 'x'.repeat(2 ** 20 + 1)), end]))), { code: 'invalidRequest' })
  t.same(['multipart/form-data; boundary=x', 'Multipart/Form-Data', 'multipart/mixed', 'multipart/form-datax', undefined].map(type => isMultipart({ 'content-type': type })), [true, true, false, false, false])
})

test('no part is passed over that may be a file', async t => {
  const heads = {
    file: ['form-data; name="a"; filename="x"', 'form-data; name="a"; FILENAME*=UTF-8\'\'x', 'form-data; name="a"\r\nContent-Type: image/png', 'Form-Data\r\nContent-Type: application/octet-stream'],
    field: ['form-data; name="a"', 'form-data; name="a"\r\nContent-Type: text/plain; charset=utf-8', 'form-data; name="a"\r\nContent-Type: application/json'],
    refused: ['attachment; name="a"; filename="x"', 'form-datax; name="a"', 'form-data; name="a"\r\nContent-Disposition: form-data; name="b"; filename="x"',
      'form-data; name="a"; filename="x"\r\nContent-Transfer-Encoding: base64', 'form-data; name="a"; filename="x"\r\nContent-Encoding: gzip', 'form-data; name="a"\r\nContent-Type: multipart/mixed; boundary=y']
  }
  const taken = async (disposition: string): Promise<Buffer[]> => await contentsOf(streamOf(Buffer.concat([part(`Content-Disposition: ${disposition}`, 'bytes'), end])))
  for (const head of heads.file) t.same(await taken(head), [Buffer.from('bytes')], head)
  for (const head of heads.field) t.same(await taken(head), [], head)
  for (const head of heads.refused) await t.rejects(taken(head), { name: 'KeersluisError' }, head)
  await t.rejects(contentsOf(streamOf(Buffer.concat([part('Content-Type: image/png', 'bytes'), end]))), { code: 'invalidRequest' })
  await t.rejects(contentsOf(streamOf(Buffer.concat([Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="a"; filename="x"\r\n`), file(Buffer.from('b')), end]))), /head/, 'a part without an end of its head')
})
