import { setTimeout } from 'node:timers/promises'
import { test } from 'tap'
import { freeChunk } from './free-chunk.js'

test('only memory that is a chunk\'s alone is given back', t => {
  const alone = Buffer.from(new ArrayBuffer(65_536))
  freeChunk(alone)
  t.equal(alone.length, 0)
  const short = Buffer.from(new ArrayBuffer(1_000))
  const whole = new ArrayBuffer(65_536)
  const part = Buffer.from(whole, 0, 65_535)
  const shared = Buffer.from(new SharedArrayBuffer(65_536))
  for (const chunk of [short, part, shared]) {
    const { length } = chunk
    freeChunk(chunk)
    t.equal(chunk.length, length)
  }
  freeChunk(alone)
  t.end()
})

test('what is given back is free', async t => {
  // The port has to be closed first.
  await setTimeout(50)
  const chunkBytes = 1024 * 1024
  const before = process.memoryUsage().arrayBuffers
  for (let i = 0; i < 2_000; i++) freeChunk(Buffer.from(new ArrayBuffer(chunkBytes)))
  t.ok(process.memoryUsage().arrayBuffers < before + 100 * chunkBytes)
})
