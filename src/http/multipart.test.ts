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

test('what is no multipart, or too much of it, is refused', async t => {
  await t.rejects(contentsOf(streamOf(end), { 'content-type': 'multipart/form-data' }), /boundary/i)
  const parts = Array.from({ length: 13 }, (_, i) => field(String(i)))
  await t.rejects(contentsOf(streamOf(Buffer.concat([...parts, end]))), /too many parts/)
  await t.rejects(contentsOf(streamOf(Buffer.concat([file(Buffer.from('a')), file(Buffer.from('b')), file(Buffer.from('c')), end]))), /too many parts/)
  t.same(['multipart/form-data; boundary=x', 'Multipart/Form-Data', 'multipart/mixed', 'multipart/form-datax', undefined].map(type => isMultipart({ 'content-type': type })), [true, true, false, false, false])
})

test('what the taker throws comes out, and the body is left to its owner', async t => {
  const body = streamOf(Buffer.concat([file(Buffer.alloc(2_000_000)), end]), Array.from({ length: 19 }, (_, i) => (i + 1) * 100_000))
  let destroyed = false
  await t.rejects(eachFile(body, headers, async stream => {
    stream.once('close', () => { destroyed = true })
    throw new Error('no room')
  }), /no room/)
  await sleep(10)
  t.ok(destroyed)
  t.notOk(body.destroyed)
  body.resume()
  await new Promise(resolve => { body.once('end', resolve) })
})
