import { writeFileSync } from 'node:fs'
import sharp from 'sharp'
import { test } from 'tap'
import { hammingDistance } from '../hash/bits.js'
import { kindOfProfile } from './colour-profile.js'
import { createDecoder } from './decoder-client.js'
import { decodeAll, fixture, testOptions } from './decode.test-support.js'
import { readJpegHeader } from './jpeg-header.js'
import { hashOf } from './video-contract.test-support.js'

function u32 (...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4)
  values.forEach((value, index) => bytes.writeInt32BE(value, index * 4))
  return bytes
}

const fixed = (...values: number[]): Buffer => u32(...values.map(value => Math.round(value * 65536)))
const colour = (...values: number[]): Buffer => Buffer.concat([Buffer.from('XYZ \0\0\0\0'), fixed(...values)])
const table = (...values: number[]): Buffer => Buffer.concat([Buffer.from('curv\0\0\0\0'), u32(values.length), ...values.map(value => u32(Math.round(value * 65535)).subarray(2))])
const formula = (type: number, ...values: number[]): Buffer => Buffer.concat([Buffer.from([0x70, 0x61, 0x72, 0x61, 0, 0, 0, 0, 0, type, 0, 0]), fixed(...values)])

/** A display's profile with one curve for all channels. */
function profile (curve: Buffer, colours = 'RGB ', more: Record<string, Buffer> = {}): Buffer {
  const text = Buffer.concat([Buffer.from('desc\0\0\0\0\0\0\0\x02a\0'), Buffer.alloc(100)])
  const tags: Record<string, Buffer> = {
    desc: text,
    wtpt: colour(0.9642, 1, 0.8249),
    rXYZ: colour(0.4361, 0.2225, 0.0139),
    gXYZ: colour(0.3851, 0.7169, 0.0971),
    bXYZ: colour(0.1431, 0.0606, 0.7141),
    rTRC: curve,
    gTRC: curve,
    bTRC: curve,
    ...more
  }
  const head = Buffer.concat([Buffer.alloc(8), u32(0x02400000), Buffer.from(`mntr${colours}XYZ `), Buffer.alloc(12), Buffer.from('acsp'), Buffer.alloc(28), fixed(0.9642, 1, 0.8249), Buffer.alloc(48)])
  const entries: Buffer[] = []
  const bodies: Buffer[] = []
  let offset = 132 + Object.keys(tags).length * 12
  for (const [name, body] of Object.entries(tags)) {
    const padded = Buffer.concat([body, Buffer.alloc((4 - body.length % 4) % 4)])
    entries.push(Buffer.from(name), u32(offset, body.length))
    bodies.push(padded)
    offset += padded.length
  }
  const whole = Buffer.concat([head, u32(entries.length / 2), ...entries, ...bodies])
  whole.writeUInt32BE(whole.length, 0)
  return whole
}

test('what curves do', async t => {
  const srgb = [2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045]
  for (const curve of [table(), table(0.01), table(0, 1), table(0, 0.5, 0.49, 1), formula(0, 2.2), formula(1, 2.2, 1, 0), formula(2, 2.2, 0.9, 0, 0.1), formula(3, ...srgb), formula(4, ...srgb, 0, 0)]) {
    t.equal(kindOfProfile(profile(curve)), 'plain', curve.toString('hex'))
  }
  for (const curve of [table(1, 0), table(0, 1, 0), table(0, 0.5, 0.1, 1), table(0.5, 0.5), formula(0, -1), formula(3, 1, -1, 1, 0, 0), formula(4, 1, 1, 0, -1, 0.5, 0, 0.5)]) {
    t.equal(kindOfProfile(profile(curve)), 'disordered', curve.toString('hex'))
  }
  t.equal(kindOfProfile(profile(table(0, 1), 'CMYK')), 'free')
  t.equal(kindOfProfile(profile(table(0, 1), 'RGB ', { A2B0: Buffer.alloc(40) })), 'free')
  for (const curve of [formula(5, 1), Buffer.from('text\0\0\0\0none'), Buffer.concat([Buffer.from('curv\0\0\0\0'), u32(99_999)])]) t.equal(kindOfProfile(profile(curve)), 'free')
  const whole = profile(table(0, 1))
  for (let bytes = 0; bytes < 240; bytes++) t.equal(kindOfProfile(whole.subarray(0, bytes)), 'free')
})

test('profiles that devices have', async t => {
  const { icc } = await sharp(fixture('formats/jpeg-p3.jpg')).metadata()
  t.ok(icc !== undefined && kindOfProfile(icc) === 'plain')
  const read = readJpegHeader(await sharp(fixture('formats/jpeg-p3.jpg')).keepIccProfile().jpeg().toBuffer())?.profile
  t.ok(read !== undefined && Buffer.compare(read, icc ?? Buffer.alloc(0)) === 0)
  const { icc: printer } = await sharp(fixture('formats/jpeg-cmyk-icc.jpg')).metadata()
  t.equal(printer === undefined ? undefined : kindOfProfile(printer), 'free')
})

test('a picture that only some programs show', async t => {
  const decoder = createDecoder(testOptions)
  t.teardown(() => decoder.close())
  const path = `${t.testdir()}/upload.jpg`
  const picture = sharp(fixture('photos/harbour-03.jpg')).resize(400, 300)
  const embedded = profile(table(1, 0))
  const marker = Buffer.from([0xff, 0xe2, 0, 0, ...Buffer.from('ICC_PROFILE\0'), 1, 1])
  marker.writeUInt16BE(embedded.length + 16, 2)
  const known = (await decodeAll(decoder, fixture('photos/harbour-03.jpg'))).pictures.map(hashOf)[0] ?? new Uint8Array(32)
  for (const stored of [picture.clone(), picture.clone().negate()]) {
    const plain = await stored.jpeg().toBuffer()
    writeFileSync(path, Buffer.concat([plain.subarray(0, 2), marker, embedded, plain.subarray(2)]))
    const { pictures, undecided, media } = await decodeAll(decoder, path)
    t.same([undecided, media.frames, pictures.map(({ frame }) => frame)], [['unsupported'], 1, [0, 0]])
    t.ok(pictures.some(one => hammingDistance(hashOf(one), known) <= 31))
    t.match(await decodeAll(decoder, path, { sampling: 'dense' }), { undecided: [], pictures: { length: 1 } })
  }
})
