import { chmod, writeFile } from 'node:fs/promises'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { test, type Test } from 'tap'
import { createDecoder } from './decoder-client.js'
import { decodeAll as decode, fixture, testLimits as limits, testOptions } from './decode.test-support.js'
import type { Decoder, DecoderOptions } from './decoder.js'

function start (t: Test, options: Partial<DecoderOptions> = {}): Decoder {
  const decoder = createDecoder({ ...testOptions, ...options })
  t.teardown(() => decoder.close())
  return decoder
}

const noise = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: '#888', noise: { type: 'gaussian', mean: 128, sigma: 40 } } })

/** A few kilobytes that take seconds and half a gigabyte: flat, so it compresses; interlaced, so it is decoded as a whole. */
let heavy: Promise<Buffer> | undefined
async function heavyPng (path: string): Promise<string> {
  heavy ??= sharp({ create: { width: 7000, height: 7000, channels: 3, background: '#345' } }).png({ progressive: true, compressionLevel: 1 }).toBuffer()
  await writeFile(path, await heavy)
  return path
}

/** Decoder children of this process. */
function children (): number[] {
  return readdirSync('/proc').filter(name => /^\d+$/.test(name)).map(Number).filter(pid => {
    try {
      const [, state, parent] = /\) (\S) (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'latin1')) ?? []
      return state !== 'Z' && Number(parent) === process.pid && readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes('decoder-child')
    } catch {
      return false
    }
  })
}
const noProc = existsSync('/proc/self/statm') ? false : 'there is no /proc on this system'

test('a picture comes as raster, or at its own size where that is small', async t => {
  const decoder = start(t, { startNow: 'picture' })
  const folder = t.testdir()
  await noise(800, 600).jpeg().toFile(`${folder}/large.bin`)
  await noise(300, 200).png().toFile(`${folder}/small.bin`)
  const large = await decode(decoder, `${folder}/large.bin`)
  t.match(large, { media: { kind: 'image', format: 'jpeg', width: 800, height: 600, frames: 1 }, undecided: [], stopped: false })
  t.equal(large.pictures.length, 1)
  t.match(large.pictures[0], { frame: 0, native: { width: 800, height: 600 }, background: 'white', raster: { width: 256, height: 200, channels: 3 } })
  t.equal(large.pictures[0]?.raster.data.length, 256 * 200 * 3)
  const small = await decode(decoder, `${folder}/small.bin`)
  t.match(small.pictures[0]?.raster, { width: 300, height: 200, channels: 3 })
  const pixels = await sharp(`${folder}/small.bin`).raw().toBuffer()
  t.same(small.pictures[0]?.raster.data, new Uint8Array(pixels), 'its own pixels, unchanged')
  t.same(decoder.stats(), { jobs: 2, restarts: 0 })
})

test('calls in parallel are done one after another', async t => {
  const decoder = start(t)
  const folder = t.testdir()
  await noise(300, 200).png().toFile(`${folder}/a.png`)
  await noise(200, 300).png().toFile(`${folder}/b.png`)
  const outcomes = await Promise.all(['a', 'b', 'a', 'b'].map(name => decode(decoder, `${folder}/${name}.png`)))
  t.same(outcomes.map(({ media }) => media.width), [300, 200, 300, 200])
})

/** As it lies on the spool. */
function blocksOf (bytes: Uint8Array): Uint8Array[] {
  const blockBytes = 256 * 1024
  return Array.from({ length: Math.ceil(bytes.length / blockBytes) }, (_, i) => {
    const block = Buffer.from(new SharedArrayBuffer(blockBytes))
    const piece = bytes.subarray(i * blockBytes, (i + 1) * blockBytes)
    block.set(piece)
    return block.subarray(0, piece.length)
  })
}

test('content that is sent along is decoded like a file, whatever its length', async t => {
  const decoder = start(t)
  const folder = t.testdir()
  await noise(300, 200).png().toFile(`${folder}/between.png`)
  const pictures = {
    tiny: await noise(40, 30).jpeg().toBuffer(),
    long: await noise(2400, 1800).jpeg({ quality: 100 }).toBuffer(),
    still: await noise(700, 500).webp().toBuffer(),
    moving: await sharp(await noise(60, 120).raw().toBuffer(), { raw: { width: 60, height: 120, channels: 3, pageHeight: 40 } }).gif().toBuffer(),
    tiff: await noise(900, 700).tiff({ compression: 'none' }).toBuffer()
  }
  t.ok(pictures.long.length > 3e6, 'far more than a socket holds')
  for (const [name, bytes] of Object.entries(pictures)) {
    await writeFile(`${folder}/${name}`, bytes)
    const fromFile = await decode(decoder, `${folder}/${name}`)
    t.strictSame(await decode(decoder, `${folder}/none`, { content: blocksOf(bytes) }), fromFile, name)
    t.same(fromFile.undecided, [])
    t.same((await decode(decoder, `${folder}/between.png`)).undecided, [], 'a file after it')
  }
  const half = await decode(decoder, `${folder}/none`, { content: blocksOf(pictures.long.subarray(0, 1e6)) })
  t.match(half, { undecided: ['undecodable'], media: { width: 2400, frames: 1 } }, 'it may be damaged')
  t.same(decoder.stats(), { jobs: 16, restarts: 0 })
})

test('content is sent again to the next child', { skip: noProc }, async t => {
  const decoder = start(t)
  const content = blocksOf(await noise(1600, 1200).jpeg({ quality: 95 }).toBuffer())
  t.same((await decode(decoder, '/none', { content })).undecided, [])
  const [pid = 0] = children()
  process.kill(pid, 'SIGSTOP')
  const second = decode(decoder, '/none', { content })
  await sleep(200)
  process.kill(pid, 'SIGKILL')
  const { undecided, pictures } = await second
  t.same(undecided, [])
  t.equal(pictures.length, 1)
  t.equal(decoder.stats().restarts, 1)
})

test('the deadline ends the child, and the next upload gets another', async t => {
  const decoder = start(t)
  const folder = t.testdir()
  await heavyPng(`${folder}/heavy.png`)
  await noise(300, 200).png().toFile(`${folder}/a.png`)
  const late = await decode(decoder, `${folder}/heavy.png`, { decodeMsMax: 60 })
  t.same(late.undecided, ['timeout'])
  t.match(late.media, { kind: 'image', format: 'png' }, 'what it seemed to be is known')
  t.same((await decode(decoder, `${folder}/a.png`)).undecided, [])
  t.same(decoder.stats(), { jobs: 2, restarts: 1 })
})

test('the memory cap ends the child', async t => {
  const decoder = start(t, { memoryBytesMax: 160 * 1024 * 1024 })
  const folder = t.testdir()
  await heavyPng(`${folder}/heavy.png`)
  await noise(300, 200).png().toFile(`${folder}/a.png`)
  t.same((await decode(decoder, `${folder}/heavy.png`)).undecided, ['outOfMemory'])
  t.same((await decode(decoder, `${folder}/a.png`)).undecided, [])
})

test('the memory cap counts the program that a child started, and ends it', { skip: noProc }, async t => {
  const folder = t.testdir({
    ffmpeg: `#!${process.execPath}
      const { writeFileSync } = require('node:fs')
      if (process.argv.includes('-version')) console.log('ffmpeg version 7.1')
      else {
        writeFileSync(process.argv[1] + '.pid', String(process.pid))
        globalThis.eaten = Buffer.alloc(500e6, 1)
        setInterval(() => {}, 1000)
      }`,
    'package.json': '{ "type": "commonjs" }'
  })
  await chmod(`${folder}/ffmpeg`, 0o700)
  const decoder = start(t, { videoDecoder: 'ffmpeg', ffmpegPath: `${folder}/ffmpeg`, memoryBytesMax: 400e6 })
  const { media, undecided } = await decode(decoder, fixture('videos/h264-faststart.mp4'), { decodeMsMax: 20_000 })
  t.same(undecided, ['outOfMemory'])
  t.same(media, { kind: 'video', format: 'mp4' }, 'what its first bytes say')
  t.notOk(isAlive(Number(readFileSync(`${folder}/ffmpeg.pid`, 'latin1'))))
})

test('a child that is killed from outside', { skip: noProc }, async t => {
  const folder = t.testdir()
  await heavyPng(`${folder}/heavy.png`)
  await noise(300, 200).png().toFile(`${folder}/a.png`)
  const killSoon = async (): Promise<void> => {
    for (;;) {
      await sleep(5)
      const [pid] = children()
      // Only one that is busy: its memory has grown over what it takes to start.
      if (pid !== undefined && Number(readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ')[1]) * 4096 > 150e6) {
        process.kill(pid, 'SIGKILL')
        return
      }
    }
  }
  const fresh = start(t)
  const [first] = await Promise.all([decode(fresh, `${folder}/heavy.png`), killSoon()])
  t.same(first.undecided, ['crashed'], 'a fresh child: the upload is to blame')
  await fresh.close()
  const served = start(t)
  await decode(served, `${folder}/a.png`)
  const [second] = await Promise.all([decode(served, `${folder}/heavy.png`), killSoon()])
  t.same(second.undecided, [], 'one that had served others: tried again')
  t.equal(second.pictures.length, 1)
  const [pid] = children()
  if (pid !== undefined) process.kill(pid, 'SIGKILL')
  t.same((await decode(served, `${folder}/a.png`)).undecided, [], 'one that died while idle')
})

test('the child is replaced after its jobs', { skip: noProc }, async t => {
  const decoder = start(t, { jobsMax: 2 })
  const folder = t.testdir()
  await noise(300, 200).png().toFile(`${folder}/a.png`)
  const seen = new Set<number>()
  for (let job = 0; job < 5; job++) {
    const { undecided } = await decode(decoder, `${folder}/a.png`)
    t.same(undecided, [])
    for (const pid of children()) seen.add(pid)
  }
  t.ok(seen.size >= 3, 'at least three children for five jobs')
  t.same(decoder.stats(), { jobs: 5, restarts: 0 }, 'which is no failure')
  await decoder.close()
  t.same(children(), [], 'none is left')
})

test('what the receiver throws reaches the caller, and the decoder goes on', async t => {
  const decoder = start(t)
  const folder = t.testdir()
  await noise(300, 200).png().toFile(`${folder}/a.png`)
  await t.rejects(decoder.decode({ path: `${folder}/a.png`, sampling: 'sparse', limits }, () => { throw new Error('no') }), /no/)
  t.same((await decode(decoder, `${folder}/a.png`)).undecided, [])
})

test('a receiver that stops', async t => {
  const decoder = start(t)
  const folder = t.testdir()
  await noise(300, 200).ensureAlpha(0.5).png().toFile(`${folder}/a.png`)
  let pictures = 0
  const outcome = await decoder.decode({ path: `${folder}/a.png`, sampling: 'sparse', limits }, async () => {
    pictures++
    return 'stop' as const
  })
  t.equal(outcome.stopped, true)
  t.equal(pictures, 1, 'the one on black is not delivered any more')
})

test('a killed owner leaves no child, busy or not', { skip: noProc }, async t => {
  const folder = t.testdir()
  await heavyPng(`${folder}/heavy.png`)
  await writeFile(`${folder}/owner.mjs`, `
    import { createDecoder } from ${JSON.stringify(new URL('./decoder-client.js', import.meta.url).href)}
    const decoder = createDecoder({ videoDecoder: 'auto', ffmpegPath: undefined, memoryBytesMax: 2 ** 32, jobsMax: 10 })
    decoder.decode(${JSON.stringify({ path: `${folder}/heavy.png`, sampling: 'sparse', limits })}, () => 'continue')
  `)
  const owner = spawn(process.execPath, [`${folder}/owner.mjs`], { stdio: 'ignore', cwd: fileURLToPath(new URL('.', import.meta.url)) })
  const orphan = await busyChildOf(owner.pid ?? 0)
  owner.kill('SIGKILL')
  await once(owner, 'exit')
  for (let tries = 0; tries < 200 && isAlive(orphan); tries++) await sleep(10)
  t.notOk(isAlive(orphan), 'gone')
})

/** A dead process may stand in the table until somebody asks for its exit code. */
function isAlive (pid: number): boolean {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'))
  } catch {
    return false
  }
}

async function busyChildOf (parent: number): Promise<number> {
  for (;;) {
    await sleep(5)
    for (const name of readdirSync('/proc').filter(entry => /^\d+$/.test(entry))) {
      try {
        const [, , ppid, rssPages] = /\) (\S) (\d+)(?: -?\d+){19} (\d+)/.exec(readFileSync(`/proc/${name}/stat`, 'latin1')) ?? []
        if (Number(ppid) === parent && Number(rssPages) * 4096 > 130e6) return Number(name)
      } catch {
        // It ended meanwhile.
      }
    }
  }
}
