import fc from 'fast-check'
import { isDeepStrictEqual } from 'node:util'
import { test } from 'tap'
import { encodeMessage, isFromChild, MessageReader, picturesAhead, ProtocolError, type FromChild, type PictureMessage } from './decoder-protocol.js'

const picture: PictureMessage = { type: 'picture', frame: 3, native: { width: 900, height: 1 }, background: 'white', raster: { width: 256, height: 1 }, slot: 0 }
const extent = { left: -0.5, top: 0, width: 256.5, height: 1.9 }

test('messages survive any cutting of the stream', async () => {
  const format = fc.string({ unit: 'binary', maxLength: 100 })
  const message = format.map((format): FromChild => ({ type: 'media', media: { kind: 'video', format } }))
  fc.assert(fc.property(fc.array(message, { maxLength: 5 }), fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1 }), (sent, cuts) => {
    const stream = Buffer.concat(sent.map(encodeMessage))
    const reader = new MessageReader(isFromChild)
    const received: FromChild[] = []
    for (let at = 0, turn = 0; at < stream.length; turn++) {
      const length = cuts[turn % cuts.length] ?? 1
      received.push(...reader.push(stream.subarray(at, at + length)))
      at += length
    }
    return isDeepStrictEqual(received, sent)
  }))
})

test('a child that breaks the protocol', async t => {
  const prefixed = (length: number, text = ''): Buffer => {
    const prefix = Buffer.alloc(4)
    prefix.writeUInt32LE(length, 0)
    return Buffer.concat([prefix, Buffer.from(text)])
  }
  const push = (bytes: Buffer) => () => new MessageReader(isFromChild).push(bytes)
  t.throws(push(prefixed(2 ** 31)), ProtocolError)
  t.throws(push(prefixed(3, '{"x')), ProtocolError)
  t.throws(push(prefixed(2, '{}')), ProtocolError)
  t.same(push(prefixed(10, '{"x'))(), [], 'one that is not whole is waited for')
  const headers: unknown[] = [
    null, [], 'ready', { type: 'nothing' }, { type: '__proto__' }, { ...picture, frame: -1 }, { ...picture, frame: 0.5 }, { ...picture, native: { width: 0, height: 1 } },
    { ...picture, raster: { width: 513, height: 1 } }, { ...picture, raster: { width: 0, height: 1 } },
    { ...picture, slot: picturesAhead }, { ...picture, slot: -1 }, { ...picture, slot: undefined },
    ...[{ left: 0.1 }, { left: -1 }, { width: 0 }, { height: 514 }, { width: 'all' }, { width: 256 }, { width: 257.5 }, { height: 0.5 }, { height: 2 }].map(wrong => ({ ...picture, extent: { ...extent, ...wrong } })),
    { ...picture, background: 'red' }, { ...picture, more: 1 }, { ...picture, timeS: 'soon' }, { type: 'outcome', media: { kind: 'image', format: 'jpeg' }, undecided: ['because'] },
    { type: 'media', media: { kind: 'image', format: 'x'.repeat(1000) } }
  ]
  for (const header of headers) t.equal(isFromChild(header), false, JSON.stringify(header).slice(0, 60))
  t.equal(isFromChild(picture), true)
  t.equal(isFromChild({ ...picture, extent }), true)
})
