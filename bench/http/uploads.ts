import sharp from 'sharp'
import { judgedText } from '../frame/cell.js'
import { median } from '../frame/percentiles.js'
import { joined, perCore, percentileMs, perSecond, type Stretch } from './figures.js'
import { multipart } from './load.js'
import type { Picture } from './pictures.js'
import type { Pace, Scene } from './scene.js'
import type { Cell, Plot, Table, Target } from '../frame/bench.js'

/** Uploads in flight: enough that no worker ever waits for the next one. */
export function inFlight ({ workers }: Scene): number {
  return 4 * workers
}

export interface UploadFigures {
  table: Table
  sizes: Table
  plot: Plot
  targets: Target[]
  /** Uploads a second of the mix, raw bodies. */
  peakPerS: number
}

type Form = 'raw' | 'multipart'

const ways = ['bare', 'raw', 'multipart'] as const
type Way = typeof ways[number]

const jpegSizes = [['2 MP', 'jpeg2'], ['12 MP', 'jpeg12']] as const

export async function throughGate ({ gate, key, sender }: Scene, pictures: readonly Picture[], form: Form, connections: number, warmS: number, windowS: number): Promise<Stretch> {
  const bodies = pictures.map(({ bytes }) => form === 'raw' ? { bytes, type: 'application/octet-stream' } : multipart(bytes))
  return await sender.closedLoop({ gate: gate.address, key, path: '/v1/checks', connections, warmS, windowS, bodies })
}

/** Plain sharp, one picture after the other, on one thread: what decoding to the raster costs at the least. */
async function bareSharp (pictures: readonly Picture[], windowS: number): Promise<Stretch> {
  sharp.concurrency(1)
  sharp.cache(false)
  const resize = async (picture: Picture): Promise<unknown> => await sharp(picture.path).resize(256, 256).raw().toBuffer()
  for (const picture of pictures) await resize(picture)
  const before = process.cpuUsage()
  const from = performance.now()
  const elapsedMs: number[] = []
  for (let i = 0; performance.now() - from < windowS * 1_000; i++) {
    const picture = pictures[i % pictures.length]
    if (picture === undefined) break
    const started = performance.now()
    await resize(picture)
    elapsedMs.push(performance.now() - started)
  }
  const { user, system } = process.cpuUsage(before)
  return { done: elapsedMs.length, windowS: (performance.now() - from) / 1_000, elapsedMs: elapsedMs.sort((a, b) => a - b), processorS: (user + system) / 1e6, senderS: 0, failed: 0 }
}

/** How often `measureUploads` says how far it is: a warm-up and the rounds of each way, one at a time, and each size. */
export function uploadSteps ({ rounds }: Pick<Pace, 'rounds'>): number {
  return ways.length * (1 + rounds) + 1 + jpegSizes.length
}

/** The mix, then JPEGs of two sizes: through HTTP, through the bare pipeline, in turns, so that what else the machine does meets all alike. */
export async function measureUploads (scene: Scene, pace: Pace, progress: (what: string) => void): Promise<UploadFigures> {
  const stretches: Record<Way, Stretch[]> = { bare: [], raw: [], multipart: [] }
  const send = async (way: Way, pictures: readonly Picture[], warmS: number, windowS: number): Promise<Stretch> => way === 'bare'
    ? await scene.bare.run(pictures.map(picture => picture.path), inFlight(scene), warmS, windowS)
    : await throughGate(scene, pictures, way, inFlight(scene), warmS, windowS)
  for (const way of ways) {
    progress(`uploads, warming up, ${way}`)
    // A gate is up for weeks: by then the engine has compiled what is used most. Small pictures take it there soonest.
    await send(way, scene.small, 0, pace.heatS)
    await send(way, scene.mix, 0, 0)
  }
  for (let round = 0; round < pace.rounds; round++) {
    // None of them always comes first, or right after the same other one.
    for (let turn = 0; turn < ways.length; turn++) {
      const way = ways[(round + turn) % ways.length] ?? 'bare'
      progress(`uploads, ${way}`)
      stretches[way].push(await send(way, scene.mix, pace.warmS, pace.windowS))
    }
  }
  progress('uploads, one at a time')
  const alone = await throughGate(scene, scene.mix, 'raw', 1, pace.warmS, pace.longWindowS)
  const [bare, raw, multi] = [joined(stretches.bare), joined(stretches.raw), joined(stretches.multipart)]
  // What else the machine does in a round meets all three; the next round may be another matter.
  const ofBare = (form: Form, read: (stretch: Stretch) => number): number =>
    median(stretches[form].map((stretch, round) => read(stretch) / read(stretches.bare[round] ?? bare)))
  const sizes = await measureSizes(scene, pace, progress)
  return {
    table: {
      title: 'Uploads: the mix',
      note: `${inFlight(scene)} in flight, ${pace.rounds} rounds of each in turns, ${scene.workers} picture workers; a round is one pass through ${scene.mix.length} uploads, or as many as ${pace.windowS} s take, after ${pace.heatS} s of small pictures and a pass each. Shares of the bare pipeline are medians of the rounds' own. ` +
        'Images/s per core counts processor seconds of the gate and its children only; the sender shares the machine, and its cores are beside.',
      columns: ['through', 'images/s', 'of bare', 'images/s per core', 'of bare, per core', 'p50 ms', 'p99 ms', 'p99.9 ms', 'gate cores', 'sender cores', 'failed', 'n'],
      rows: [
        mixRow('bare pipeline', bare, 1, 1),
        mixRow('HTTP, raw', raw, ofBare('raw', perSecond), ofBare('raw', perCore)),
        mixRow('HTTP, multipart', multi, ofBare('multipart', perSecond), ofBare('multipart', perCore)),
        mixRow('HTTP, raw, one at a time', alone, perSecond(alone) / perSecond(bare), perCore(alone) / perCore(bare))
      ]
    },
    sizes: sizes.table,
    plot: {
      kind: 'bars',
      title: 'Images a second on one core',
      unit: 'images/s per core',
      labels: ['upload mix', ...sizes.labels],
      series: [
        { name: 'HTTP, raw', values: [perCore(raw), ...sizes.gate] },
        { name: 'bare pipeline', values: [perCore(bare), ...sizes.bare] }
      ]
    },
    targets: [
      ratioTarget('uploads a second through HTTP, raw', ofBare('raw', perSecond)),
      ratioTarget('uploads a second through HTTP, multipart', ofBare('multipart', perSecond)),
      ratioTarget('uploads for each processor second of the gate, raw', ofBare('raw', perCore)),
      ratioTarget('uploads for each processor second of the gate, multipart', ofBare('multipart', perCore))
    ],
    peakPerS: perSecond(raw)
  }
}

function mixRow (name: string, stretch: Stretch, ofBare: number, ofBarePerCore: number): Cell[] {
  return [
    name, perSecond(stretch), ofBare, perCore(stretch), ofBarePerCore,
    percentileMs(stretch, 0.5), percentileMs(stretch, 0.99), percentileMs(stretch, 0.999),
    stretch.processorS / stretch.windowS, stretch.senderS / stretch.windowS, stretch.failed, stretch.done
  ]
}

const ratioWanted = 0.9

function ratioTarget (what: string, ratio: number): Target {
  return { what, wanted: `at least ${ratioWanted} of the bare pipeline`, measured: `${judgedText(ratio, ratioWanted)} of it`, reached: ratio >= ratioWanted }
}

interface SizeFigures {
  table: Table
  labels: string[]
  gate: number[]
  bare: number[]
}

async function measureSizes (scene: Scene, pace: Pace, progress: (what: string) => void): Promise<SizeFigures> {
  const figures: SizeFigures = {
    labels: [],
    gate: [],
    bare: [],
    table: {
      title: 'Uploads: JPEG by size, images/s per core',
      note: 'Bare sharp is `sharp(file).resize(256, 256).raw()`, one after the other; the others also compute the digests, PDQ in eight orientations, blockhash, and search.',
      columns: ['JPEG', 'HTTP, raw', 'bare pipeline', 'bare sharp', 'HTTP / pipeline', 'HTTP / sharp', 'pipeline / sharp', 'n'],
      rows: []
    }
  }
  const rows: Cell[][] = []
  for (const [label, set] of jpegSizes) {
    const pictures = scene[set]
    progress(`${label} JPEG`)
    const sharpOnly = await bareSharp(pictures, pace.windowS)
    const pipeline = await scene.bare.run(pictures.map(picture => picture.path), inFlight(scene), pace.warmS, pace.windowS)
    const gate = await throughGate(scene, pictures, 'raw', inFlight(scene), pace.warmS, pace.windowS)
    rows.push([label, perCore(gate), perCore(pipeline), perCore(sharpOnly), perCore(gate) / perCore(pipeline), perCore(gate) / perCore(sharpOnly), perCore(pipeline) / perCore(sharpOnly), gate.done])
    figures.labels.push(`${label} JPEG`)
    figures.gate.push(perCore(gate))
    figures.bare.push(perCore(pipeline))
  }
  return { ...figures, table: { ...figures.table, rows } }
}
