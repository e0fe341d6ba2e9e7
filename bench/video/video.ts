import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadConfig } from '#keersluis/config.js'
import { probeAbilities } from '#keersluis/media/abilities.js'
import { Gate, unlimitedFlags } from '../http/gate.js'
import type { Bench, BenchResult, BenchRun, Cell, Target } from '../frame/bench.js'
import { fixtureClips, makeClips, type Clip, type Clips } from './clips.js'
import { Ffmpeg } from './ffmpeg.js'
import { checkClip, type Checked } from './measure.js'

const decoders = ['libav', 'ffmpeg'] as const
type DecoderName = typeof decoders[number]

const list = 'bench'
const MB = 1e6
/** Scenes of three seconds in each clip, and how often each clip is sent. */
const quickPace = { scenes: 3, runs: 1 }
const fullPace = { scenes: 10, runs: 10 }
/** Eleven films to make, to read with plain ffmpeg, and to check twice with either decoder. */
const steps = 11 * 6

export const bench: Bench = {
  name: 'video',
  summary: 'films through the real gate by codec, size and decoder, beside plain ffmpeg on their key frames',
  options: {},
  check: () => {},
  run: runVideo
}

/** One film with one decoder: nothing of it known, then its first seconds known. */
interface Row {
  clip: Clip
  decoder: DecoderName
  clean: Checked
  known: Checked
  plainProcessorS: number
}

async function runVideo (run: BenchRun): Promise<BenchResult> {
  const folder = await mkdtemp(join(tmpdir(), 'keersluis-bench-video-'))
  try {
    const ffmpeg = await Ffmpeg.find()
    let step = 0
    const progress = (what: string): void => { run.progress(Math.min(step++, steps), steps, what) }
    const { scenes, runs } = run.quick ? quickPace : fullPace
    const clips = ffmpeg === undefined ? await fixtureClips() : await makeClips(ffmpeg, folder, scenes, progress)
    const here = await decodersHere()
    const rows: Row[] = []
    const films: Row[] = []
    const all = [...clips.clips, ...(clips.film === undefined ? [] : [clips.film])]
    const plain = new Map<Clip, number>()
    if (ffmpeg !== undefined) {
      for (const clip of all) {
        progress(`plain ffmpeg, ${clip.codec} ${clip.size}`)
        plain.set(clip, await ffmpeg.keyFramesProcessorS(clip.path, runs))
      }
    }
    for (const [decoder] of here.installed) {
      const measured = await measureDecoder(decoder, join(folder, decoder), all, clips, runs, plain, progress)
      rows.push(...measured.filter(({ clip }) => clip !== clips.film))
      films.push(...measured.filter(({ clip }) => clip === clips.film))
    }
    run.progress(steps, steps, 'done')
    return report(rows, films, [...here.skipped, ...clips.skipped], [...here.installed.map(([name, version]) => `${name} ${version}`), ...(ffmpeg === undefined ? [] : [`plain ffmpeg ${ffmpeg.version}`])])
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function decodersHere (): Promise<{ installed: Array<[DecoderName, string]>, skipped: string[] }> {
  const config = loadConfig({}, {})
  const installed: Array<[DecoderName, string]> = []
  const skipped: string[] = []
  for (const decoder of decoders) {
    const { video } = await probeAbilities({ videoDecoder: decoder, ffmpegPath: undefined, memoryBytesMax: config.decoderMemoryBytesMax, jobsMax: 1 })
    if (video?.decoder === decoder) installed.push([decoder, video.version])
    else skipped.push(decoder === 'libav' ? 'decoder libav: the optional package node-av is not installed' : 'decoder ffmpeg: no ffmpeg program found')
  }
  return { installed, skipped }
}

async function measureDecoder (decoder: DecoderName, dataDir: string, all: readonly Clip[], { opening }: Clips, runs: number, plain: ReadonlyMap<Clip, number>, progress: (what: string) => void): Promise<Row[]> {
  const gate = await Gate.start(dataDir, [...unlimitedFlags, '--video-decoder', decoder, '--video-workers', '1', '--picture-workers', '1'])
  try {
    const key = await gate.createProviderKey()
    await gate.call('POST', '/v1/lists', { name: list })
    // The first film starts the decoder child, and is no part of the figures.
    if (all[0] !== undefined) await checkClip(gate, key, all[0], 1)
    const clean: Checked[] = []
    for (const clip of all) {
      progress(`${decoder}, ${clip.codec} ${clip.size}`)
      clean.push(await checkClip(gate, key, clip, runs))
    }
    for (const path of opening === undefined ? all.map(clip => clip.path) : [opening]) {
      await gate.call('POST', `/v1/lists/${list}/items`, await readFile(path))
    }
    const rows: Row[] = []
    for (const [i, clip] of all.entries()) {
      progress(`${decoder}, ${clip.codec} ${clip.size}, known`)
      const known = await checkClip(gate, key, clip, runs)
      const first = clean[i]
      if (first !== undefined) rows.push({ clip, decoder, clean: first, known, plainProcessorS: plain.get(clip) ?? Number.NaN })
    }
    return rows
  } finally {
    await gate.stop()
  }
}

const columns = ['codec', 'size', 'MB', 'video s', 'decoder', 'frames hashed', 'video s per CPU s', 'plain ffmpeg, video s per CPU s', 'ratio', 'verdict', 'verdict after ms', 'known: verdict', 'known: after ms', 'known: CPU s']

function cells ({ clip, decoder, clean, known, plainProcessorS }: Row): Cell[] {
  const own = clean.durationS / clean.processorS
  const plain = clean.durationS / plainProcessorS
  return [
    clip.codec, clip.size, clip.bytes / MB, clean.durationS, decoder, clean.frames, own, plain, own / plain, clean.verdict, clean.elapsedMs, known.verdict, known.elapsedMs, known.processorS
  ]
}

function report (rows: readonly Row[], films: readonly Row[], skipped: readonly string[], versions: readonly string[]): BenchResult {
  const labels = [...new Set(rows.map(({ clip }) => `${clip.codec} ${clip.size}`))]
  const valueOf = (label: string, decoder: DecoderName): number => {
    const row = rows.find(({ clip, decoder: name }) => name === decoder && `${clip.codec} ${clip.size}` === label)
    return row === undefined ? Number.NaN : row.clean.durationS / row.clean.processorS
  }
  const [film] = films
  const wrong = [...rows, ...films].filter(({ clean, known }) => clean.verdict !== 'allow' || known.verdict !== 'block')
  return {
    title: 'Films',
    headline: film === undefined
      ? `${rows.length} films by codec, size and decoder.`
      : `A film of ${film.clean.durationS} s in 1080p is cleared after ${film.clean.elapsedMs.toFixed(0)} ms, and blocked after ${film.known.elapsedMs.toFixed(0)} ms where its first seconds are known (${film.decoder}).`,
    conditions: [...versions, 'one video worker; a film is sent over HTTP on 127.0.0.1, and everything the gate does is counted', ...skipped.map(line => `skipped: ${line}`)],
    tables: [
      { title: 'By codec, size and decoder', note: note(), columns, rows: rows.map(cells) },
      ...(films.length === 0 ? [] : [{ title: 'A film of two minutes whose first seconds are known', columns, rows: films.map(cells) }])
    ],
    plots: [{
      kind: 'bars',
      title: 'Films by codec, size and decoder',
      unit: 'seconds of video for each processor second',
      labels,
      series: [...new Set(rows.map(({ decoder }) => decoder))].map(decoder => ({ name: decoder, values: labels.map(label => valueOf(label, decoder)) }))
    }],
    targets: [verdictTarget(rows.length + films.length, wrong.length)]
  }
}

function note (): string {
  return 'Plain ffmpeg is `ffmpeg -threads 1 -skip_frame nokey -i FILE -vf scale=256:256`, its start included; the gate also receives, digests, hashes, searches and looks between ' +
    'key frames where they are few or far apart. VP9 and AV1 decode every frame under `-skip_frame`. Known: a re-encoding of the first seconds in 480p is on the list.'
}

function verdictTarget (films: number, wrong: number): Target {
  return { what: 'films with the wrong verdict', wanted: 'none: allow while unknown, block when known', measured: `${wrong} of ${films}`, reached: wrong === 0 }
}
