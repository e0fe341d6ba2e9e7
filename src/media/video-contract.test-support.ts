import { readFileSync } from 'node:fs'
import { test } from 'tap'
import { hammingDistance } from '../hash/bits.js'
import { pdqOf } from '../hash/hashes.test-support.js'
import { createDecoder } from './decoder-client.js'
import type { DecodedPicture } from './decoder.js'
import { decodeAll, fixture, testLimits, testOptions } from './decode.test-support.js'

interface Made { file: string, kind: string, width: number, height: number, expect?: { source?: string, withSource?: string } }

const films = (JSON.parse(readFileSync(fixture('manifest.json'), 'utf8')) as Made[]).filter(({ file, kind }) => file.startsWith('videos/') && kind === 'video')
export const filmNames = films.map(({ file }) => file)
/** One of each codec and container, as every file would take the program too long. */
export const someFilmNames = [
  'film-b.mp4', 'h264-10-bit.mp4', 'h264-fragmented.mp4', 'h264-moov-at-end.mp4', 'h264-rotated.mp4', 'h264-single-keyframe-long.mp4', 'h264-two-tracks.mkv', 'h264.flv', 'h264.mov',
  'h264.mpegts', 'h265.mp4', 'vp8.webm', 'vp9.webm', 'av1.mp4', 'mpeg2.mpg', 'mpeg4.avi', 'theora.ogv', 'wmv2.wmv', 'mjpeg.avi', 'one-frame.mp4'
].map(name => `videos/${name}`)
export const hashOf = ({ raster, native }: DecodedPicture): Uint8Array => pdqOf(raster, native).hash

/** What every video decoder must do. `missing` says why it cannot be tested here. */
export function testVideoDecoder (videoDecoder: 'libav' | 'ffmpeg', missing: string | undefined, names: readonly string[]): void {
  test(`films through ${videoDecoder}`, { skip: missing ?? false }, async t => {
    const decoder = createDecoder({ ...testOptions, videoDecoder })
    t.teardown(() => decoder.close())
    const known = (await decodeAll(decoder, fixture('videos/film-a.mp4'), { sampling: 'dense' })).pictures
    t.equal(known.length, 49, 'eight frames a second, and the last one')
    t.ok(known.every(({ timeS = -1 }, index) => index === 48 || Math.abs(timeS - index / 8) < 0.04), 'evenly')
    const knownHashes = known.map(hashOf)
    for (const { file, width, height, expect } of films) {
      if (!names.includes(file)) continue
      const { media, undecided, pictures } = await decodeAll(decoder, fixture(file))
      t.match(media, { kind: 'video', width, height, frames: pictures.length }, file)
      t.same(undecided, [], file)
      t.same(pictures.map(({ frame }) => frame), pictures.map((_, index) => index), file)
      // AVI has no times of its own, and the program's lag behind by a keyframe.
      const firstSMax = videoDecoder === 'ffmpeg' && file.endsWith('.avi') ? 2 : 0.2
      t.ok((pictures[0]?.timeS ?? 9) < firstSMax, `${file} begins with its first frame`)
      if (file.endsWith('one-frame.mp4')) continue
      t.ok(pictures.length >= 5, `${file}: ${pictures.length} frames`)
      const times = [...pictures.map(({ timeS = 0 }) => timeS).sort((a, b) => a - b), media.durationS ?? 0]
      t.ok(times.every((timeS, index) => index === 0 || timeS - (times[index - 1] ?? 0) <= testLimits.videoGapSMax + 0.2), `${file} has no gap`)
      if (expect?.source !== 'videos/film-a.mp4' || expect.withSource !== 'block' || file.includes('--')) continue
      const hits = pictures.map(hashOf).filter(hash => knownHashes.some(knownHash => hammingDistance(knownHash, hash) <= 31))
      t.ok(hits.length >= 3, `${file}: ${hits.length} of ${pictures.length} frames meet the known film`)
    }
  })

  test(`limits and an early stop through ${videoDecoder}`, { skip: missing ?? false }, async t => {
    const decoder = createDecoder({ ...testOptions, videoDecoder })
    t.teardown(() => decoder.close())
    const film = fixture('videos/film-a.mp4')
    const few = await decodeAll(decoder, film, { videoFramesMax: 2 })
    t.same([few.pictures.length, few.undecided], [2, ['framesBeyondLimit']])
    const start = await decodeAll(decoder, film, { sampling: 'dense', videoDurationSMax: 2 })
    t.same(start.undecided, ['framesBeyondLimit'])
    t.ok(start.pictures.length >= 15 && start.pictures.every(({ timeS = 9 }) => timeS <= 2), 'what lies within is hashed')
    t.same((await decodeAll(decoder, film, { picturePixelsMax: 10_000 })).undecided, ['tooLarge'])
    let pictures = 0
    const stopped = await decoder.decode({ path: film, sampling: 'dense', limits: testLimits }, () => ++pictures === 3 ? 'stop' : 'continue')
    t.same([stopped.stopped, pictures], [true, 3])
    t.same((await decodeAll(decoder, fixture('videos/audio-only.m4a'))).media.kind, 'other')
    t.equal(decoder.stats().restarts, 0)
  })
}
