import { test } from 'tap'
import { probeAbilities } from './abilities.js'
import { testOptions } from './decode.test-support.js'
import { openLibav } from './video-libav.js'

test('a child tells what it can do', async t => {
  const { imageFormats, video } = await probeAbilities(testOptions)
  for (const format of ['jpeg', 'png', 'webp', 'gif', 'tiff', 'avif', 'heic']) t.ok(imageFormats.includes(format), format)
  if (await openLibav() !== undefined) t.match(video, { decoder: 'libav', version: /^\d/ })
})

test('a video decoder that is named, but not there, is not replaced by another', async t => {
  t.equal((await probeAbilities({ ...testOptions, videoDecoder: 'ffmpeg', ffmpegPath: '/nowhere/ffmpeg' })).video, undefined)
})
