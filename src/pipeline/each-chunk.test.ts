import { PassThrough, Readable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import { test } from 'tap'
import { eachChunk } from './each-chunk.js'

/** A stream that has all of these already. */
function filled (...chunks: string[]): PassThrough {
  const stream = new PassThrough()
  for (const chunk of chunks) stream.write(chunk)
  return stream
}

test('each chunk is taken when the last one is done with', async t => {
  const stream = filled('a', 'b', 'c')
  stream.end()
  const steps: string[] = []
  await eachChunk(stream, async chunk => {
    steps.push(`${chunk.toString()} begins`)
    await setImmediate()
    steps.push(`${chunk.toString()} is done`)
  })
  t.same(steps, ['a', 'b', 'c'].flatMap(name => [`${name} begins`, `${name} is done`]))
})

test('nothing is taken after a failure, and the stream goes on for its owner', async t => {
  const stream = filled('a', 'b', 'c')
  const taken: string[] = []
  const refused = new Error('refused')
  await t.rejects(eachChunk(stream, chunk => {
    taken.push(chunk.toString())
    throw refused
  }), refused)
  t.same(taken, ['a'])
  t.equal(stream.destroyed, false)
  t.same(['data', 'end', 'error'].map(event => stream.listenerCount(event)), ['data', 'end', 'error'].map(event => filled().listenerCount(event)))
})

test('a stream that closes early, or has closed, is an error', async t => {
  const stream = filled('a')
  const whole = eachChunk(stream, () => undefined)
  stream.destroy()
  await t.rejects(whole, /closed before its end/)
  await t.rejects(eachChunk(stream, () => undefined), /is closed/)
})

test('a last chunk that is not taken', async t => {
  const chunks = Readable.from([Buffer.from('the only one')])
  await t.rejects(eachChunk(chunks, async () => {
    await new Promise(resolve => { setTimeout(resolve, 5) })
    throw new Error('no room')
  }), /no room/)
})
