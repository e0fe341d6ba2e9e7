import { test } from 'tap'
import { hammingDistance } from '../hash/bits.js'
import { createDecoder } from './decoder-client.js'
import { decodeAll, fixture, testOptions } from './decode.test-support.js'
import { findFfmpeg } from './ffmpeg-program.js'
import { hashOf, someFilmNames, testVideoDecoder } from './video-contract.test-support.js'
import { openLibav } from './video-libav.js'

const missing = await findFfmpeg('', testOptions.searchPath ?? '') === undefined ? 'ffmpeg program not found' : undefined
testVideoDecoder('ffmpeg', missing, someFilmNames)

/** One of each way that the program is called, as each film is decoded whole, twice. */
const comparedNames = ['film-b.mp4', 'h264-rotated.mp4', 'h264.mpegts', 'h264-single-keyframe.mp4', 'vp9.webm', 'mpeg4.avi', 'one-frame.mp4'].map(name => `videos/${name}`)
const oneMissing = missing ?? (await openLibav() === undefined ? 'node-av is not installed' : false)

test('both ways give the same frames', { skip: oneMissing }, async t => {
  const libav = createDecoder({ ...testOptions, videoDecoder: 'libav' })
  const program = createDecoder({ ...testOptions, videoDecoder: 'ffmpeg' })
  t.teardown(async () => { await Promise.all([libav.close(), program.close()]) })
  for (const file of comparedNames) {
    const [one, two] = await Promise.all([libav, program].map(async decoder => (await decodeAll(decoder, fixture(file), { sampling: 'dense' })).pictures))
    t.equal(one?.length, two?.length, file)
    t.ok(one?.every((picture, index) => {
      const other = two?.[index]
      return other !== undefined && Math.abs((other.timeS ?? -1) - (picture.timeS ?? -2)) < 0.05 && hammingDistance(hashOf(picture), hashOf(other)) <= 6
    }), `${file}: times and hashes`)
  }
})
