import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { test } from 'tap'
import { hammingDistance, hexToBytes } from '../hash/bits.js'
import { pdqOf } from '../hash/hashes.test-support.js'
import { createDecoder } from './decoder-client.js'
import { decodeAll, testOptions } from './decode.test-support.js'
import { filmNames, testVideoDecoder } from './video-contract.test-support.js'
import { openLibav } from './video-libav.js'

const missing = await openLibav() === undefined ? 'node-av is not installed' : undefined
testVideoDecoder('libav', missing, filmNames)

const reference = new URL('../../../shared/reference/vpdq/', import.meta.url)
const withoutReference = missing ?? (existsSync(reference) ? false : 'the folder ../shared/reference is missing')

test('the known hashes of the reference films', { skip: withoutReference }, async t => {
  const decoder = createDecoder({ ...testOptions, videoDecoder: 'libav' })
  t.teardown(() => decoder.close())
  for (const name of readdirSync(new URL('videos/', reference)).filter(file => /doorknob|padded|sd-grey-bar/.test(file))) {
    const lines = readFileSync(new URL(`hashes/${name.replace('.mp4', '.txt')}`, reference), 'latin1').trim().split('\n').map(line => line.split(','))
    const { pictures } = await decodeAll(decoder, new URL(`videos/${name}`, reference).pathname, { sampling: 'dense', denseFps: 1000 })
    t.equal(pictures.length, lines.length, `${name}: as many frames`)
    const distances = pictures.flatMap((picture, index) => {
      const [, quality, hex = '', timeS] = lines[index] ?? []
      t.ok(Math.abs((picture.timeS ?? -1) - Number(timeS)) <= 0.001)
      const hash = pdqOf(picture.raster, picture.native)
      return Number(quality) >= 50 && hash.quality >= 50 ? [hammingDistance(hash.hash, hexToBytes(hex) ?? new Uint8Array(32))] : []
    })
    t.ok(distances.reduce((sum, bits) => sum + bits, 0) / distances.length <= 3, `${name}: mean`)
    t.ok(Math.max(...distances) <= 12, `${name}: largest`)
  }
})
