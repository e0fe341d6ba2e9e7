import fc from 'fast-check'
import { test } from 'tap'
import { bodyBytesMax, encodeMessage, isFromChild, MessageReader, ProtocolError, rasterOf, type FromChildHeader, type Message, type PictureHeader } from './decoder-protocol.js'

const picture: PictureHeader = { type: 'picture', frame: 3, native: { width: 900, height: 1 }, background: 'white', raster: { width: 256, height: 1 } }
const extent = { left: -0.5, top: 0, width: 256.5, height: 1.9 }

test('messages survive any cutting of the stream', async () => {
  const body = fc.uint8Array({ maxLength: 300 })
  fc.assert(fc.property(fc.array(body, { maxLength: 5 }), fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1 }), (bodies, cuts) => {
    const stream = Buffer.concat(bodies.flatMap(part => encodeMessage(picture, part)))
    const reader = new MessageReader(isFromChild)
    const messages: Array<Message<FromChildHeader>> = []
    for (let at = 0, turn = 0; at < stream.length; turn++) {
      const length = cuts[turn % cuts.length] ?? 1
      messages.push(...reader.push(stream.subarray(at, at + length)))
      at += length
    }
    return messages.length === bodies.length && messages.every((message, index) => Buffer.from(message.body).equals(bodies[index] ?? Buffer.alloc(1)))
  }))
})

test('a child that breaks the protocol', async t => {
  const prefixed = (header: number, body: number, text = ''): Buffer => {
    const prefix = Buffer.alloc(8)
    prefix.writeUInt32LE(header, 0)
    prefix.writeUInt32LE(body, 4)
    return Buffer.concat([prefix, Buffer.from(text)])
  }
  const push = (bytes: Buffer) => () => new MessageReader(isFromChild).push(bytes)
  t.throws(push(prefixed(2 ** 31, 0)), ProtocolError)
  t.throws(push(prefixed(10, bodyBytesMax + 1)), ProtocolError)
  t.throws(push(prefixed(3, 0, '{"x')), ProtocolError)
  const headers: unknown[] = [
    null, [], 'ready', { type: 'nothing' }, { type: '__proto__' }, { ...picture, frame: -1 }, { ...picture, frame: 0.5 }, { ...picture, native: { width: 0, height: 1 } },
    { ...picture, raster: { width: 513, height: 1 } }, { ...picture, raster: { width: 0, height: 1 } },
    ...[{ left: 0.1 }, { left: -1 }, { width: 0 }, { height: 514 }, { width: 'all' }].map(wrong => ({ ...picture, extent: { ...extent, ...wrong } })),
    { ...picture, background: 'red' }, { ...picture, more: 1 }, { ...picture, timeS: 'soon' }, { type: 'outcome', media: { kind: 'image', format: 'jpeg' }, undecided: ['because'] },
    { type: 'media', media: { kind: 'image', format: 'x'.repeat(1000) } }
  ]
  for (const header of headers) t.equal(isFromChild(header), false, JSON.stringify(header).slice(0, 60))
  t.equal(isFromChild(picture), true)
  t.equal(isFromChild({ ...picture, extent }), true)
})

test('the body of a picture has exactly its pixels', async t => {
  t.match(rasterOf(picture, new Uint8Array(768)), { width: 256, height: 1, channels: 3 })
  t.throws(() => rasterOf(picture, new Uint8Array(771)), ProtocolError)
  t.throws(() => rasterOf(picture, new Uint8Array(0)), ProtocolError)
  t.match(rasterOf({ ...picture, extent }, new Uint8Array(768)), { width: 256 })
  for (const wrong of [{ width: 256 }, { width: 257.5 }, { height: 0.5 }, { height: 2 }]) {
    t.throws(() => rasterOf({ ...picture, extent: { ...extent, ...wrong } }, new Uint8Array(768)), ProtocolError, JSON.stringify(wrong))
  }
})
