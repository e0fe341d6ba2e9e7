import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { readFileSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { crc32, deflateSync } from 'node:zlib'
import fc from 'fast-check'
import sharp from 'sharp'
import { test, type Test } from 'tap'
import { createDecoder } from './decoder-client.js'
import { decodeAll, fixture, testOptions } from './decode.test-support.js'
import type { Decoder, DecoderOptions } from './decoder.js'
import { findFfmpeg } from './ffmpeg-program.js'
import { openLibav } from './video-libav.js'

function start (t: Test, options: Partial<DecoderOptions> = {}): Decoder {
  const decoder = createDecoder({ ...testOptions, ...options })
  t.teardown(() => decoder.close())
  return decoder
}

const decoders = [
  ...(await openLibav() === undefined ? [] : ['libav' as const]),
  ...(await findFfmpeg('', testOptions.searchPath ?? '') === undefined ? [] : ['ffmpeg' as const])
]

test('playlists and scripts under the name of a film open nothing', { skip: decoders.length === 0 ? 'no video decoder' : false }, async t => {
  const requests: string[] = []
  const server = createServer((request, response) => {
    requests.push(request.url ?? '')
    response.end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  const { port } = server.address() as AddressInfo
  const folder = t.testdir()
  const film = fixture('videos/h264.mpegts')
  const playlists: Record<string, string> = {
    local: `#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n${film}\n#EXT-X-ENDLIST\n`,
    url: `#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile://${film}\n#EXT-X-ENDLIST\n`,
    remote: `#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nhttp://127.0.0.1:${port}/segment.ts\n#EXT-X-ENDLIST\n`,
    concat: `ffconcat version 1.0\nfile '${film}'\n`,
    relative: 'ffconcat version 1.0\nfile film.ts\n',
    session: `v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video ${port} RTP/AVP 96\na=rtpmap:96 H264/90000\n`,
    manifest: `<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static"><Period><AdaptationSet mimeType="video/mp4"><Representation id="1"><BaseURL>http://127.0.0.1:${port}/x.mp4</BaseURL></Representation></AdaptationSet></Period></MPD>`
  }
  await writeFile(`${folder}/film.ts`, await readFile(film))
  for (const videoDecoder of decoders) {
    const decoder = start(t, { videoDecoder })
    for (const [name, text] of Object.entries(playlists)) {
      await writeFile(`${folder}/upload.mp4`, text)
      t.match(await decodeAll(decoder, `${folder}/upload.mp4`), { media: { kind: 'other' }, undecided: [], pictures: [] }, `${name} through ${videoDecoder}`)
    }
    // Behind a film's first bytes, so that the sniffer takes it for one.
    await writeFile(`${folder}/upload.mp4`, Buffer.concat([Buffer.from('00000008', 'hex'), Buffer.from(`free${playlists.local}`)]))
    t.same((await decodeAll(decoder, `${folder}/upload.mp4`)).pictures, [])
  }
  t.same(requests, [], 'nobody was asked')
})

test('films that are broken, cut off, hidden or none', { skip: decoders.length === 0 ? 'no video decoder' : false }, async t => {
  const folder = t.testdir()
  const film = readFileSync(fixture('videos/h264-faststart.mp4'))
  const stream = readFileSync(fixture('videos/h264.mpegts'))
  const path = `${folder}/upload`
  for (const videoDecoder of decoders) {
    const decoder = start(t, { videoDecoder })
    const outcomeOf = async (bytes: Uint8Array | string): Promise<Awaited<ReturnType<typeof decodeAll>>> => {
      await writeFile(path, bytes)
      return await decodeAll(decoder, path)
    }
    const cut = await outcomeOf(film.subarray(0, film.length * 0.6))
    t.match(cut, { media: { kind: 'video' }, undecided: ['undecodable'] }, 'cut off')
    t.ok(cut.pictures.length > 0, 'but what is there is hashed')
    t.match(await outcomeOf(spoil(film)), { media: { kind: 'video' }, undecided: ['undecodable'] }, 'damaged in the middle')
    t.match(await outcomeOf(film.subarray(0, 600)), { media: { kind: 'video' }, undecided: ['undecodable'], pictures: [] }, 'the beginning of an index')
    t.match(await outcomeOf(Buffer.concat([Buffer.alloc(6000, 'not a film, it seems\n'), stream])), { media: { kind: 'video', format: 'mpegts' }, undecided: [] }, 'behind a text')
    t.match(await outcomeOf(Buffer.from(Array.from({ length: 50_000 }, (_, index) => (index * index * 31) >> 3 & 255))), { media: { kind: 'other', format: 'unknown' }, undecided: [] }, 'noise')
    t.match(await outcomeOf('just a text\n'), { media: { kind: 'other' }, undecided: [] })
    t.match(await outcomeOf(''), { media: { kind: 'other' }, undecided: [] }, 'nothing')
    t.match(await outcomeOf(Buffer.concat([film, Buffer.from('a trailer that is no box')])), { media: { kind: 'video' }, undecided: [] })
    t.equal(decoder.stats().restarts, 0)
  }
})

test('without a video decoder', async t => {
  const decoder = start(t, { videoDecoder: 'ffmpeg', ffmpegPath: '/nowhere/ffmpeg' })
  t.match(await decodeAll(decoder, fixture('videos/h264.mkv')), { media: { kind: 'video', format: 'matroska' }, undecided: ['decoderMissing'] })
  t.same((await decodeAll(decoder, fixture('formats/png-rgb.png'))).undecided, [])
})

test('pictures that are broken, huge or none', async t => {
  const decoder = start(t)
  const folder = t.testdir()
  const path = `${folder}/upload.jpg`
  const outcomeOf = async (bytes: Uint8Array | string, limits: Parameters<typeof decodeAll>[2] = {}): Promise<Awaited<ReturnType<typeof decodeAll>>> => {
    await writeFile(path, bytes)
    return await decodeAll(decoder, path, limits)
  }
  const jpeg = readFileSync(fixture('formats/jpeg-baseline.jpg'))
  const cut = await outcomeOf(jpeg.subarray(0, jpeg.length * 0.7))
  t.match(cut, { media: { kind: 'image', format: 'jpeg' }, undecided: ['undecodable'] }, 'cut off')
  t.equal(cut.pictures.length, 1, 'but delivered as far as it goes')
  t.match(await outcomeOf(jpeg.subarray(0, 20)), { undecided: ['undecodable'], pictures: [] })
  t.match(await outcomeOf(jpeg, { picturePixelsMax: 1000 }), { undecided: ['tooLarge'], pictures: [] })
  t.match(await outcomeOf('a text named .jpg'), { media: { kind: 'other' }, undecided: [] })
  t.match(await outcomeOf(Buffer.concat([jpeg, Buffer.from('PK\x03\x04<script>')])), { undecided: [] }, 'the tail of a polyglot is ignored')
  t.match(await outcomeOf('<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>'), { media: { format: 'svg' }, undecided: ['unsupported'], pictures: [] })
  t.match(await outcomeOf(png(50_000, 50_000, Buffer.alloc(100))), { undecided: ['tooLarge'], pictures: [] }, 'a declared size')
  const lied = await outcomeOf(png(5000, 5000, Buffer.alloc(100)))
  t.same(lied.undecided, ['undecodable'], 'a size that the data does not fill')
  const bomb = await outcomeOf(png(64, 64, Buffer.alloc(64 * 193), chunk('zTXt', Buffer.concat([Buffer.from('a\0\0'), deflateSync(Buffer.alloc(64 * 1024 * 1024))]))))
  t.ok(bomb.pictures.length <= 1 && bomb.undecided.every(reason => reason === 'undecodable'), 'a text that inflates')
  const heic = readFileSync(fixture('formats/heic-grid.heic'))
  t.match(await outcomeOf(heic.subarray(0, heic.length / 2)), { media: { format: 'heic' }, undecided: ['undecodable'] })
  t.match(await outcomeOf(heic.subarray(0, 100)), { media: { format: 'heic' }, undecided: ['undecodable'], pictures: [] })
  t.match(await outcomeOf(heic, { picturePixelsMax: 1000 }), { undecided: ['tooLarge'], pictures: [] })
  t.same((await outcomeOf(heic)).undecided, [], 'and a good one after all that')
  t.equal(decoder.stats().restarts, 0)
})

test('an animated PNG', { skip: decoders.length === 0 ? 'no video decoder' : false }, async t => {
  const decoder = start(t)
  const folder = t.testdir()
  await writeFile(`${folder}/upload.png`, animatedPng([10, 90, 200]))
  const { media, undecided, pictures } = await decodeAll(decoder, `${folder}/upload.png`)
  t.match(media, { kind: 'animation', format: 'png', width: 64, height: 64, frames: 4 })
  t.same(undecided, [])
  t.same(pictures.map(({ raster }) => raster.data[3000]), [10, 10, 90, 200], 'the still, then every frame')
})

test('any damage ends in an outcome', { skip: decoders.length === 0 ? 'no video decoder' : false }, async t => {
  const decoder = start(t)
  const folder = t.testdir()
  const small = await sharp({ create: { width: 80, height: 60, channels: 3, background: '#456', noise: { type: 'gaussian', mean: 128, sigma: 40 } } }).webp().toBuffer()
  const files = ['formats/gif-animated.gif', 'formats/tiff-lzw.tiff', 'formats/heic-single.heic', 'formats/avif-8-bit.avif', 'videos/one-frame.mp4', 'videos/vp8.webm'].map(name => readFileSync(fixture(name))).concat(small)
  const damage = fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), fc.nat({ max: 255 })), { minLength: 1, maxLength: 20 })
  await fc.assert(fc.asyncProperty(fc.constantFrom(...files), damage, async (file, changes) => {
    const bytes = Uint8Array.from(file)
    for (const [place, value] of changes) bytes[Math.floor(place * bytes.length)] = value
    await writeFile(`${folder}/upload`, bytes)
    const { media } = await decodeAll(decoder, `${folder}/upload`)
    return media.format.length > 0
  }), { numRuns: 60 })
  t.pass()
})

/** Overwrites a byte here and there in the middle half of a file. */
function spoil (file: Buffer): Buffer {
  const spoilt = Buffer.from(file)
  for (let at = file.length >> 2; at < file.length * 0.75; at += 500) spoilt[at] = (spoilt[at] ?? 0) ^ 0x61
  return spoilt
}

function chunk (type: string, data: Uint8Array): Buffer {
  const typed = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const length = Buffer.alloc(4)
  length.writeUInt32BE(data.length)
  const sum = Buffer.alloc(4)
  sum.writeUInt32BE(crc32(typed))
  return Buffer.concat([length, typed, sum])
}

const signature = Buffer.from('89504e470d0a1a0a', 'hex')

function header (width: number, height: number): Buffer {
  const data = Buffer.alloc(13)
  data.writeUInt32BE(width, 0)
  data.writeUInt32BE(height, 4)
  data.set([8, 2], 8)
  return chunk('IHDR', data)
}

/** An RGB picture; `rows` are its bytes before compression, one filter byte before each row. */
function png (width: number, height: number, rows: Uint8Array, before: Uint8Array = Buffer.alloc(0)): Buffer {
  return Buffer.concat([signature, header(width, height), before, chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))])
}

/** 64 x 64 pixels, each frame of one level, 0.1 s each; the first frame is the still, too. */
function animatedPng (levels: readonly number[]): Buffer {
  const words = (...values: number[]): Buffer => {
    const data = Buffer.alloc(values.length * 4)
    values.forEach((value, index) => data.writeUInt32BE(value, index * 4))
    return data
  }
  let sequence = 0
  const frames = levels.flatMap((level, index) => {
    const rows = deflateSync(Buffer.concat(Array.from({ length: 64 }, () => Buffer.concat([Buffer.of(0), Buffer.alloc(192, level)]))))
    const control = chunk('fcTL', Buffer.concat([words(sequence++, 64, 64, 0, 0), Buffer.of(0, 1, 0, 10, 0, 0)]))
    return [control, index === 0 ? chunk('IDAT', rows) : chunk('fdAT', Buffer.concat([words(sequence++), rows]))]
  })
  return Buffer.concat([signature, header(64, 64), chunk('acTL', words(levels.length, 0)), ...frames, chunk('IEND', Buffer.alloc(0))])
}
