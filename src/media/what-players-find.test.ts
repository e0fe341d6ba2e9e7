import { readFileSync, writeFileSync } from 'node:fs'
import sharp from 'sharp'
import { test } from 'tap'
import { hammingDistance } from '../hash/bits.js'
import { createDecoder } from './decoder-client.js'
import { decodeAll, fixture, testOptions, type Decoded } from './decode.test-support.js'
import { findFfmpeg } from './ffmpeg-program.js'
import { hashOf } from './video-contract.test-support.js'
import { openLibav } from './video-libav.js'

const ways = {
  libav: await openLibav() === undefined ? 'node-av is not installed' : false,
  ffmpeg: await findFfmpeg('', testOptions.searchPath ?? '') === undefined ? 'ffmpeg program not found' : false
} as const

const film = readFileSync(fixture('videos/film-a.mp4'))
const transport = readFileSync(fixture('videos/h264.mpegts'))
const junk = (start: string): Buffer => Buffer.from(start.padEnd(300, 'j'))

/** An empty ID3v2.4 tag of 110 bytes. */
const id3 = Buffer.alloc(110)
id3.write('ID3\x04', 'latin1')
id3[9] = 100

/** MPEG-2's CRC of a section (ISO/IEC 13818-1, annex A). */
function crc (bytes: Uint8Array): number {
  let sum = 0xffffffff
  for (const byte of bytes) {
    sum ^= byte << 24
    for (let bit = 0; bit < 8; bit++) sum = (sum << 1) ^ (sum < 0 ? 0x04c11db7 : 0)
  }
  return sum >>> 0
}

/** The same program under other packet numbers: those of its map and of its streams are 0x200 higher. */
function renumbered (stream: Buffer): Buffer {
  const copy = Buffer.from(stream)
  for (let at = 0; at + 188 <= copy.length; at += 188) {
    const packet = copy.subarray(at, at + 188)
    const id = packet.readUInt16BE(1) & 0x1fff
    const isSection = id === 0 || (id & 0xf000) === 0x1000
    if (id >= 0x20 && id < 0x1e00) packet.writeUInt16BE(packet.readUInt16BE(1) + 0x200, 1)
    if (!isSection) continue
    const section = packet.subarray(5, 5 + 3 + (packet.readUInt16BE(6) & 0xfff))
    // One program in the table, one stream without descriptors in the map; the map also names the stream with the clock.
    for (const offset of id === 0 ? [10] : [8, 13]) section.writeUInt16BE(section.readUInt16BE(offset) + 0x200, offset)
    section.writeUInt32BE(crc(section.subarray(0, -4)), section.length - 4)
  }
  return copy
}

/** An edit list that leaves out the first key frame. */
function cut (stream: Buffer): Buffer {
  const copy = Buffer.from(stream)
  const list = copy.indexOf('elst', 0, 'latin1')
  copy.writeInt32BE(copy.readInt32BE(list + 16) + 4000, list + 16)
  return copy
}

const avif = await sharp(fixture('photos/alps-02.jpg')).resize(300).avif().toBuffer()

/** A picture by its brand; its film is the one of `film`, whose places in the file are moved. */
function pictureWithFilm (): Buffer {
  const boxes = Buffer.from(film.subarray(film.readUInt32BE(0)))
  const moved = avif.length - (film.length - boxes.length)
  const table = boxes.indexOf('stco', 0, 'latin1')
  for (let entry = 0; entry < boxes.readUInt32BE(table + 8); entry++) {
    const at = table + 12 + entry * 4
    boxes.writeUInt32BE(boxes.readUInt32BE(at) + moved, at)
  }
  return Buffer.concat([avif, boxes])
}

for (const videoDecoder of ['libav', 'ffmpeg'] as const) {
  test(`films where one does not look for them, through ${videoDecoder}`, { skip: ways[videoDecoder] }, async t => {
    const decoder = createDecoder({ ...testOptions, videoDecoder })
    t.teardown(() => decoder.close())
    const path = `${t.testdir()}/upload`
    const decode = async (...parts: Uint8Array[]): Promise<Decoded> => {
      writeFileSync(path, Buffer.concat(parts))
      return await decodeAll(decoder, path)
    }
    const known = (await decodeAll(decoder, fixture('videos/film-a.mp4'), { sampling: 'dense' })).pictures.map(hashOf)
    const met = ({ pictures }: Decoded): number => pictures.map(hashOf).filter(hash => known.some(one => hammingDistance(one, hash) <= 31)).length
    const programStream = readFileSync(fixture('videos/mpeg2.mpg'))
    const places: Record<string, Uint8Array[]> = {
      'a transport stream behind the head of a document': [junk('%PDF-1.7'), transport],
      'a transport stream behind the head of an archive': [junk('PK\x03\x04'), transport],
      'a program stream behind the head of an archive': [junk('PK\x03\x04'), programStream],
      'a transport stream behind a tag of sound': [id3, transport],
      'a film cut at its start': [cut(film)]
    }
    for (const [name, parts] of Object.entries(places)) {
      const decoded = await decode(...parts)
      t.ok(met(decoded) >= 3, `${name}: ${met(decoded)} frames`)
      t.same(decoded.undecided, [], name)
    }
    // Not every FFmpeg finds these two; then it is said.
    const inPicture = await decode(pictureWithFilm())
    t.ok(met(inPicture) >= 3 || inPicture.undecided.includes('undecodable'), 'a film in a picture file')
    const behindTag = await decode(id3, film)
    t.match(behindTag.media, { kind: 'video', format: 'mp3' }, 'a film of boxes behind a tag')
    t.equal(behindTag.undecided.length, 1)
    t.match(await decode(junk('%PDF-1.7')), { media: { kind: 'other', format: 'pdf' }, undecided: [] }, 'a document is left alone')
    const drawing = Buffer.from(`<?xml version="1.0"?>\n<!--${'-- x '.repeat(30_000)}-->\n<svg xmlns="http://www.w3.org/2000/svg"/>`)
    t.match(await decode(drawing), { media: { kind: 'image', format: 'svg' }, undecided: ['unsupported'] }, 'a drawing behind a long remark')
  })
}

test('known material without what its edit list hides', { skip: ways.libav }, async t => {
  const decoder = createDecoder({ ...testOptions, videoDecoder: 'libav' })
  t.teardown(() => decoder.close())
  const path = `${t.testdir()}/item`
  writeFileSync(path, cut(film))
  const framesOf = async (file: string): Promise<number> => (await decodeAll(decoder, file, { sampling: 'dense' })).pictures.length
  t.ok(await framesOf(path) < await framesOf(fixture('videos/film-a.mp4')))
})

test('a program that begins late', { skip: ways.libav }, async t => {
  const decoder = createDecoder({ ...testOptions, videoDecoder: 'libav' })
  t.teardown(() => decoder.close())
  const path = `${t.testdir()}/upload`
  // More than is looked through before the streams are taken as known.
  const other = Buffer.concat(Array.from({ length: 60 }, () => transport))
  writeFileSync(path, Buffer.concat([other, renumbered(transport), other]))
  const { pictures, undecided } = await decodeAll(decoder, path)
  writeFileSync(path, Buffer.concat([other, other]))
  const without = await decodeAll(decoder, path)
  t.same(undecided, [])
  t.ok(pictures.length >= without.pictures.length + 3, `${pictures.length} frames, ${without.pictures.length} without it`)
})
