import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadConfig } from '#keersluis/config.js'
import { probeAbilities } from '#keersluis/media/abilities.js'
import { Gate, unlimitedFlags } from '../http/gate.js'
import type { Bench, BenchResult, BenchRun, Cell, Target } from '../frame/bench.js'
import { idle } from '../http/processes.js'
import { fixtureClips, makeClips, weightOf, type Clip, type Clips } from './clips.js'
import { Ffmpeg } from './ffmpeg.js'
import { checkClip, type Checked } from './measure.js'
import { partProcessorS, processorSWanted, Repeater, type Repeated } from './repeater.js'

const decoders = ['libav', 'ffmpeg'] as const
type DecoderName = typeof decoders[number]

const list = 'bench'
const MB = 1e6
/** Scenes of three seconds in each clip, how often each clip is sent at the least, and how long all may take beyond that. */
interface Pace {
  scenes: number
  roundsMin: number
  extraMsMax: { plain: number, clean: number, known: number }
}

const quickPace: Pace = { scenes: 3, roundsMin: 1, extraMsMax: { plain: 3_000, clean: 16_000, known: 1_000 } }
const fullPace: Pace = { scenes: 10, roundsMin: 10, extraMsMax: { plain: 60_000, clean: 60_000, known: 60_000 } }
/** Eleven films to make, to read with plain ffmpeg, and to check twice with either decoder. */
const steps = 11 * 6

export const bench: Bench = {
  name: 'video',
  summary: 'films through the real gate by codec, size and decoder, beside plain ffmpeg on their key frames',
  options: {},
  check: () => {},
  run: runVideo
}

/** What is sent, and what shares the time for sending it again. */
interface Work {
  clips: Clips
  all: readonly Clip[]
  plain: ReadonlyMap<Clip, Repeated>
  repeaters: { clean: Repeater, known: Repeater }
  progress: (what: string) => void
}

/** One film with one decoder: nothing of it known, then its first seconds known. */
interface Row {
  clip: Clip
  decoder: DecoderName
  clean: Checked
  known: Checked
  /** Undefined where there is no ffmpeg program. */
  plain: Repeated | undefined
}

async function runVideo (run: BenchRun): Promise<BenchResult> {
  const folder = await mkdtemp(join(tmpdir(), 'keersluis-bench-video-'))
  try {
    const ffmpeg = await Ffmpeg.find()
    let step = 0
    const progress = (what: string): void => { run.progress(Math.min(step++, steps), steps, what) }
    const pace = run.quick ? quickPace : fullPace
    const clips = ffmpeg === undefined ? await fixtureClips() : await makeClips(ffmpeg, folder, pace.scenes, progress)
    const here = await decodersHere()
    const all = [...clips.clips, ...(clips.film === undefined ? [] : [clips.film])]
    const repeater = (what: keyof Pace['extraMsMax'], times: number): Repeater =>
      new Repeater({ roundsMin: pace.roundsMin, extraMsMax: pace.extraMsMax[what], weights: times * all.reduce((sum, clip) => sum + weightOf(clip), 0) })
    const plain = ffmpeg === undefined ? new Map<Clip, Repeated>() : await plainFigures(ffmpeg, all, repeater('plain', 1), progress)
    const times = here.installed.length
    const work: Work = { clips, all, plain, repeaters: { clean: repeater('clean', times), known: repeater('known', times) }, progress }
    const measured: Row[] = []
    for (const [decoder] of here.installed) measured.push(...await measureDecoder(decoder, join(folder, decoder), work))
    const films = measured.filter(({ clip }) => clip === clips.film)
    const rows = measured.filter(({ clip }) => clip !== clips.film)
    run.progress(steps, steps, 'done')
    return report(rows, films, [...here.skipped, ...clips.skipped], [...here.installed.map(([name, version]) => `${name} ${version}`), ...(ffmpeg === undefined ? [] : [`plain ffmpeg ${ffmpeg.version}`])])
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function plainFigures (ffmpeg: Ffmpeg, all: readonly Clip[], repeater: Repeater, progress: Work['progress']): Promise<Map<Clip, Repeated>> {
  const figures = new Map<Clip, Repeated>()
  for (const clip of all) {
    progress(`plain ffmpeg, ${clip.codec} ${clip.size}`)
    figures.set(clip, await ffmpeg.keyFrames(clip.path, weightOf(clip), repeater))
  }
  return figures
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

async function measureDecoder (decoder: DecoderName, dataDir: string, { clips: { opening }, all, plain, repeaters, progress }: Work): Promise<Row[]> {
  const gate = await Gate.start(dataDir, [...unlimitedFlags, '--video-decoder', decoder, '--video-workers', '1', '--picture-workers', '1'])
  try {
    const key = await gate.createProviderKey()
    await gate.call('POST', '/v1/lists', { name: list })
    // The first film starts the decoder child, and is no part of the figures.
    if (all[0] !== undefined) await checkClip(gate, key, all[0], new Repeater({ roundsMin: 1, extraMsMax: 0, weights: 1 }))
    const clean: Checked[] = []
    for (const clip of all) {
      progress(`${decoder}, ${clip.codec} ${clip.size}`)
      clean.push(await checkClip(gate, key, clip, repeaters.clean))
    }
    for (const path of opening === undefined ? all.map(clip => clip.path) : [opening]) {
      await gate.call('POST', `/v1/lists/${list}/items`, await readFile(path))
    }
    await idle(gate.pid)
    const rows: Row[] = []
    for (const [i, clip] of all.entries()) {
      progress(`${decoder}, ${clip.codec} ${clip.size}, known`)
      const known = await checkClip(gate, key, clip, repeaters.known)
      const first = clean[i]
      if (first !== undefined) rows.push({ clip, decoder, clean: first, known, plain: plain.get(clip) })
    }
    return rows
  } finally {
    await gate.stop()
  }
}

const columns = [
  'codec', 'size', 'MB', 'video s', 'decoder', 'frames hashed', 'video s per CPU s', 'lowest', 'highest', 'n', 'plain ffmpeg, video s per CPU s', 'plain: n', 'ratio',
  'verdict', 'verdict after ms', 'known: verdict', 'known: after ms', 'known: CPU s', 'known: n'
]

function cells ({ clip, decoder, clean, known, plain }: Row): Cell[] {
  const { durationS } = clean
  const own = durationS / clean.processorS
  const ofPlain = durationS / (plain?.processorS ?? Number.NaN)
  return [
    clip.codec, clip.size, clip.bytes / MB, durationS, decoder, clean.frames, own, durationS / clean.processorSMost, durationS / clean.processorSLeast, clean.rounds, ofPlain, plain?.rounds ?? 0, own / ofPlain,
    clean.verdict, clean.elapsedMs, known.verdict, known.elapsedMs, known.processorS, known.rounds
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
    'key frames where they are few or far apart. VP9 and AV1 decode every frame under `-skip_frame`. Known: a re-encoding of the first seconds in 480p is on the list. ' +
    `n: how often a film was checked, until ${processorSWanted} s of processor time were measured or the time was over. Lowest and highest: of parts of at least ${partProcessorS} CPU s each, a dash where there was one part; ` +
    'processor time is counted in hundredths of a second.'
}

function verdictTarget (films: number, wrong: number): Target {
  return { what: 'films with the wrong verdict', wanted: 'none: allow while unknown, block when known', measured: `${wrong} of ${films}`, reached: wrong === 0 }
}
