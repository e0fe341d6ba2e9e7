import { writeFile } from 'node:fs/promises'
import { once } from 'node:events'
import { spawn } from 'node:child_process'
import sharp from 'sharp'
import { test, type Test } from 'tap'
import { attemptJob } from './decode-attempt.js'
import { testLimits, testOptions } from './decode.test-support.js'
import { DecoderProcess } from './decoder-process.js'
import type { FromChild } from './decoder-protocol.js'

const picture = (slot: number): FromChild => ({ type: 'picture', frame: 0, native: { width: 4, height: 4 }, background: 'white', raster: { width: 4, height: 4 }, slot })
const outcome: FromChild = { type: 'outcome', media: { kind: 'image', format: 'jpeg' }, undecided: [] }
const path = '/none'

/**
 * A child whose decoder was taken over: it says what it likes.
 * @param said at once when it is ready, and then in one go with each message that it gets
 */
async function takenOver (t: Test, said: { unasked?: FromChild[], asked?: FromChild[][] }): Promise<DecoderProcess> {
  const program = `${t.testdir()}/child.mjs`
  await writeFile(program, `
    import { Socket } from 'node:net'
    import { encodeMessage, MessageReader, isToChild } from ${JSON.stringify(new URL('./decoder-protocol.js', import.meta.url).href)}
    const socket = new Socket({ fd: 3, readable: true, writable: true })
    const say = messages => { if (messages.length > 0) socket.write(Buffer.concat(messages.map(encodeMessage))) }
    const asked = ${JSON.stringify(said.asked ?? [])}
    const reader = new MessageReader(isToChild)
    socket.on('data', chunk => { for (const _ of reader.push(chunk)) say(asked.shift() ?? []) })
    socket.on('end', () => process.exit())
    say([{ type: 'ready' }])
    setTimeout(() => say(${JSON.stringify(said.unasked ?? [])}), 100)
  `)
  const child = new DecoderProcess(testOptions, program)
  t.teardown(async () => { await child.close() })
  return child
}

/** What came of one job, and how many pictures were taken. */
async function jobOf (child: DecoderProcess, limits = testLimits, content?: Uint8Array[]): Promise<{ result: unknown, pictures: number }> {
  let pictures = 0
  const request = { path, sampling: 'sparse' as const, limits, ...(content === undefined ? {} : { content }) }
  const result = await attemptJob(child, request, () => {
    pictures++
    return 'continue'
  }, { delivered: 0, stopped: false })
  return { result, pictures }
}

test('a child that keeps to the protocol', async t => {
  const child = await takenOver(t, { asked: [[0, 1, 2, 3].map(picture), [picture(0), picture(1)], [outcome], [], []] })
  t.same(await jobOf(child), { result: { media: { kind: 'image', format: 'jpeg' }, undecided: [], stopped: false }, pictures: 6 })
})

test('a child that does not wait for answers', async t => {
  const child = await takenOver(t, { asked: [[0, 1, 2, 3, 0].map(picture)] })
  t.same(await jobOf(child), { result: 'crash', pictures: 4 })
})

test('a child that tells of more pictures than the limits allow', async t => {
  const child = await takenOver(t, { asked: [[0, 1, 2, 3].map(picture), [picture(0)]] })
  t.same(await jobOf(child, { ...testLimits, animationFramesMax: 1, videoFramesMax: 0 }), { result: 'crash', pictures: 4 })
})

test('a child that goes on after its outcome', async t => {
  const child = await takenOver(t, { asked: [[outcome, picture(0)]] })
  t.match(await jobOf(child), { result: { undecided: [] }, pictures: 0 })
  t.equal(await child.died, 'crash')
})

test('a child that speaks unasked', async t => {
  for (const message of [picture(0), outcome, { type: 'ready' } as const]) {
    const child = await takenOver(t, { unasked: [message] })
    await child.ready
    t.equal(await child.died, 'crash', message.type)
  }
})

test('a child that does not read what it was sent', async t => {
  const child = await takenOver(t, { asked: [[outcome]] })
  t.same(await jobOf(child, testLimits, [new Uint8Array(4e6)]), { result: 'crash', pictures: 0 })
})

test('without file descriptors an upload is undecided, and the next one is not', { skip: process.platform === 'win32' ? 'there is no ulimit on this system' : false }, async t => {
  const folder = t.testdir()
  await sharp({ create: { width: 300, height: 200, channels: 3, background: '#345' } }).jpeg().toFile(`${folder}/a.jpeg`)
  await writeFile(`${folder}/owner.mjs`, `
    import { closeSync, openSync } from 'node:fs'
    import { createDecoder } from ${JSON.stringify(new URL('./decoder-client.js', import.meta.url).href)}
    const request = ${JSON.stringify({ path: `${folder}/a.jpeg`, sampling: 'sparse', limits: testLimits })}
    const held = []
    const outcomes = []
    for (let left = 0; left < 12; left++) {
      try { for (;;) held.push(openSync(request.path)) } catch {}
      for (let i = 0; i < left; i++) closeSync(held.pop())
      const decoder = createDecoder(${JSON.stringify(testOptions)})
      outcomes.push((await decoder.decode(request, () => 'continue')).undecided)
      for (const fd of held.splice(0)) closeSync(fd)
      outcomes.push((await decoder.decode(request, () => 'continue')).undecided)
      await decoder.close()
    }
    process.stdout.write(JSON.stringify(outcomes))
  `)
  const owner = spawn('/bin/sh', ['-c', `ulimit -n 80 && exec "${process.execPath}" "${folder}/owner.mjs"`], { stdio: ['ignore', 'pipe', 'inherit'] })
  let text = ''
  owner.stdout.on('data', (chunk: Buffer) => { text += chunk.toString() })
  t.same(await once(owner, 'close'), [0, null])
  const outcomes = JSON.parse(text) as string[][]
  t.same(outcomes[0], ['crashed'])
  t.same(outcomes.at(-2), [], 'a dozen descriptors are enough')
  t.same(outcomes.filter((_, i) => i % 2 === 1), Array.from({ length: 12 }, () => []))
})
