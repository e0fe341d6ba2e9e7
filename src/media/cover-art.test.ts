import { writeFile } from 'node:fs/promises'
import sharp from 'sharp'
import { test } from 'tap'
import { hammingDistance } from '../hash/bits.js'
import { createDecoder } from './decoder-client.js'
import { decodeAll, fixture, testOptions } from './decode.test-support.js'
import { findFfmpeg } from './ffmpeg-program.js'
import { hashOf } from './video-contract.test-support.js'
import { openLibav } from './video-libav.js'

const ways = {
  libav: await openLibav() === undefined ? 'node-av is not installed' : false,
  ffmpeg: await findFfmpeg('', testOptions.searchPath ?? '') === undefined ? 'ffmpeg program not found' : false
} as const

/** Big-endian, four bytes. */
function u32 (value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

/** Half a second of silence: MPEG-1 layer III, 128 kbit/s, 44.1 kHz. */
function silence (): Buffer {
  const frame = Buffer.alloc(417)
  frame.write('fffb9064', 'hex')
  return Buffer.concat(Array.from({ length: 20 }, () => frame))
}

/** MP3 with an ID3v2.3 tag (id3.org, 3.1 and 4.15) that holds a picture, or no more than a title. */
function mp3 (cover?: Buffer): Buffer {
  const frame = (name: string, content: Buffer): Buffer => Buffer.concat([Buffer.from(name), u32(content.length), Buffer.alloc(2), content])
  const frames = Buffer.concat([
    frame('TIT2', Buffer.from('\0a title', 'latin1')),
    ...(cover === undefined ? [] : [frame('APIC', Buffer.concat([Buffer.from('\0image/jpeg\0\x03\0', 'latin1'), cover]))])
  ])
  // Seven bits a byte.
  const size = Buffer.from([21, 14, 7, 0].map(shift => (frames.length >> shift) & 127))
  return Buffer.concat([Buffer.from('ID3\x03\0\0', 'latin1'), size, frames, silence()])
}

/** FLAC (RFC 9639, 8): a description of the stream, then a picture. There is no sound in it. */
function flac (cover: Buffer): Buffer {
  const block = (type: number, content: Buffer): Buffer => Buffer.concat([u32(type * 2 ** 24 + content.length), content])
  const streamInfo = Buffer.alloc(34)
  streamInfo.write('10001000', 'hex')
  // 44.1 kHz, two channels, 16 bits, then the number of samples.
  streamInfo.write('0ac442f000000000', 10, 'hex')
  const type = Buffer.from('image/jpeg')
  const picture = Buffer.concat([u32(3), u32(type.length), type, u32(0), u32(0), u32(0), u32(0), u32(0), u32(cover.length), cover])
  return Buffer.concat([Buffer.from('fLaC'), block(0, streamInfo), block(0x80 | 6, picture)])
}

for (const [videoDecoder, skip] of Object.entries(ways) as Array<[keyof typeof ways, string | false]>) {
  test(`the cover of a sound file, through ${videoDecoder}`, { skip }, async t => {
    const decoder = createDecoder({ ...testOptions, videoDecoder })
    t.teardown(() => decoder.close())
    const folder = t.testdir()
    const cover = await sharp(fixture('photos/harbour-03.jpg')).resize(600, 600, { fit: 'fill' }).jpeg().toBuffer()
    await writeFile(`${folder}/cover.jpg`, cover)
    const [expected] = (await decodeAll(decoder, `${folder}/cover.jpg`)).pictures
    for (const [name, file] of [['mp3', mp3(cover)], ['flac', flac(cover)]] as const) {
      await writeFile(`${folder}/sound`, file)
      const { media, undecided, pictures } = await decodeAll(decoder, `${folder}/sound`)
      t.match({ media, undecided }, { media: { format: name, width: 600, height: 600 }, undecided: [] })
      t.equal(pictures.length, 1, name)
      t.ok(pictures[0] !== undefined && expected !== undefined && hammingDistance(hashOf(pictures[0]), hashOf(expected)) <= 8, `${name}: the picture`)
    }
    for (const [what, file] of [['no cover', mp3()], ['a tag and nothing else', mp3().subarray(0, 40)], ['a text', Buffer.from('ID3 tags are easy to read')]] as const) {
      await writeFile(`${folder}/sound`, file)
      const { media, undecided, pictures } = await decodeAll(decoder, `${folder}/sound`)
      t.match({ kind: media.kind, undecided, pictures }, { kind: 'other', undecided: [], pictures: [] }, what)
    }
    await writeFile(`${folder}/sound`, mp3(Buffer.concat([cover.subarray(0, 200), Buffer.alloc(3_000, 0x55)])))
    t.same((await decodeAll(decoder, `${folder}/sound`)).undecided, ['undecodable'], 'a broken cover')
  })
}
