import fc from 'fast-check'
import sharp, { type Sharp } from 'sharp'
import { test } from 'tap'
import { readJpegHeader } from './jpeg-header.js'

async function jpeg (width: number, height: number, change: (pipeline: Sharp) => Sharp = same => same): Promise<Buffer> {
  return await change(sharp({ create: { width, height, channels: 3, background: '#57a' } }).jpeg()).toBuffer()
}

/** A segment with its marker and length. */
function segment (marker: number, content: Buffer): Buffer {
  const head = Buffer.from([0xff, marker, 0, 0])
  head.writeUInt16BE(content.length + 2, 2)
  return Buffer.concat([head, content])
}

/** Exif with one directory entry, in the byte order of Motorola. */
function exif (tag: number, type: number, count: number, value: number): Buffer {
  const tiff = Buffer.from('MM\0*\0\0\0\x08\0\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0', 'latin1')
  tiff.writeUInt16BE(tag, 10)
  tiff.writeUInt16BE(type, 12)
  tiff.writeUInt32BE(count, 14)
  tiff.writeUInt16BE(value, 18)
  return segment(0xe1, Buffer.concat([Buffer.from('Exif\0\0'), tiff]))
}

const afterStart = (file: Buffer, ...segments: Buffer[]): Buffer => Buffer.concat([file.subarray(0, 2), ...segments, file.subarray(2)])

test('size and orientation are those that libvips reads', async t => {
  for (let orientation = 1; orientation <= 8; orientation++) {
    const file = await jpeg(70, 30, pipeline => pipeline.withMetadata({ orientation }))
    t.match(readJpegHeader(file), { width: 70, height: 30, orientation })
    t.equal((await sharp(file).metadata()).orientation, orientation)
    const other = afterStart(await jpeg(70, 30), exif(0x0112, 3, 1, orientation))
    t.match(readJpegHeader(other), { orientation }, 'the other byte order')
    t.equal((await sharp(other).metadata()).orientation, orientation)
  }
  const kinds = [
    jpeg(9, 2001), jpeg(2001, 9, pipeline => pipeline.jpeg({ progressive: true })), jpeg(33, 44, pipeline => pipeline.greyscale()),
    jpeg(33, 44, pipeline => pipeline.toColourspace('cmyk').withIccProfile('p3')), jpeg(33, 44, pipeline => pipeline.withXmp('<x:xmpmeta xmlns:x="adobe:ns:meta/"/>'))
  ]
  for (const file of await Promise.all(kinds)) {
    const { width, height, orientation = 1, icc } = await sharp(file).metadata()
    t.same(readJpegHeader(file), { width, height, orientation, ...(icc === undefined ? {} : { profile: icc }) })
  }
})

test('what is unusual is left to libvips', async t => {
  const file = await jpeg(70, 30)
  const unusual: Record<string, Buffer> = {
    'two orientations': afterStart(file, exif(0x0112, 3, 1, 6), exif(0x0112, 3, 1, 1)),
    'an orientation of 9': afterStart(file, exif(0x0112, 3, 1, 9)),
    'an orientation of another type': afterStart(file, exif(0x0112, 4, 1, 6)),
    'several orientations': afterStart(file, exif(0x0112, 3, 2, 6)),
    'a directory that reaches outside': afterStart(file, segment(0xe1, Buffer.from('Exif\0\0MM\0*\0\0\0\x08\0\x09', 'latin1'))),
    'a profile in several parts': afterStart(file, segment(0xe2, Buffer.from('ICC_PROFILE\0\x01\x02', 'latin1'))),
    'bytes between segments': afterStart(file, Buffer.from([0, 0])),
    'a scan without a frame': afterStart(file, segment(0xda, Buffer.alloc(10))),
    'too many segments': afterStart(file, ...Array.from({ length: 1000 }, () => segment(0xfe, Buffer.alloc(0)))),
    'no height': Buffer.from(file).fill(0, file.indexOf('ffc0', 'hex') + 5, file.indexOf('ffc0', 'hex') + 7),
    nothing: Buffer.alloc(0)
  }
  for (const [what, bytes] of Object.entries(unusual)) t.equal(readJpegHeader(bytes), undefined, what)
  t.match(readJpegHeader(afterStart(file, exif(0x010f, 3, 1, 6))), { orientation: 1 }, 'another tag')
})

test('no bytes make it throw', async t => {
  const file = afterStart(await jpeg(70, 30), exif(0x0112, 3, 1, 6))
  for (let length = 0; length < file.length; length++) readJpegHeader(file.subarray(0, length))
  fc.assert(fc.property(fc.array(fc.tuple(fc.nat(120), fc.nat(255)), { maxLength: 6 }), changes => {
    const changed = Buffer.from(file)
    for (const [at, byte] of changes) changed[at] = byte
    readJpegHeader(changed)
  }), { numRuns: 2000, seed: 1 })
  t.pass('it did not')
})
