import { stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { inParallel } from '../frame/parallel.js'
import { PictureMaker } from '../http/pictures.js'
import type { Ffmpeg } from './ffmpeg.js'

export interface Clip {
  codec: string
  size: string
  path: string
  bytes: number
  /** Undefined for a fixture: the gate says it. */
  durationS: number | undefined
}

export interface Clips {
  clips: Clip[]
  /** What is added as known: it opens every clip and nothing else of it. Undefined: each clip is its own. */
  opening: string | undefined
  film: Clip | undefined
  /** What could not be made, and why. */
  skipped: string[]
}

interface Codec {
  name: string
  extension: string
  /** The first one that the program has is used. */
  encoders: ReadonlyArray<readonly [encoder: string, ...options: string[]]>
}

/** Quick presets of each: how a film was encoded matters little for reading its key frames. */
const codecs: readonly Codec[] = [
  { name: 'h264', extension: 'mp4', encoders: [['libx264', '-preset', 'veryfast', '-crf', '26']] },
  { name: 'h265', extension: 'mp4', encoders: [['libx265', '-preset', 'ultrafast', '-crf', '28', '-x265-params', 'log-level=error']] },
  { name: 'vp9', extension: 'webm', encoders: [['libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8', '-row-mt', '1', '-b:v', '2M']] },
  { name: 'av1', extension: 'mp4', encoders: [['libsvtav1', '-preset', '12', '-crf', '40'], ['libaom-av1', '-cpu-used', '8', '-usage', 'realtime', '-crf', '40', '-b:v', '0']] },
  { name: 'mpeg4', extension: 'avi', encoders: [['mpeg4', '-q:v', '5']] }
]

interface Size { name: string, width: number, height: number }

const large: Size = { name: '1080p', width: 1_920, height: 1_080 }
const sizes: readonly Size[] = [{ name: '480p', width: 854, height: 480 }, large]
/** The larger size is what an operator plans with: its figures have more of the time for repetitions. */
const largeWeight = 4
const fps = 25
const sceneS = 3
/** Most encoders keep one core busy here. */
const encodersAtOnce = 2
/** Two seconds between key frames, as players of live and stored films like it. */
const keyframeEvery = 50
/** The drawn pictures are that much larger than the frame that pans over them. */
const panRoom = 1.2
/** Scenes that open every clip, and are the known ones. */
const openingScenes = 2

export function weightOf ({ size }: Clip): number { return size === large.name ? largeWeight : 1 }

/** Pans over drawn pictures, with a cut every few seconds. */
class Studio {
  readonly #ffmpeg: Ffmpeg
  readonly #folder: string
  readonly #pictures: string[] = []

  constructor (ffmpeg: Ffmpeg, folder: string) {
    this.#ffmpeg = ffmpeg
    this.#folder = folder
  }

  async draw (scenes: number): Promise<void> {
    const maker = new PictureMaker(join(this.#folder, 'scenes'), 24)
    await maker.open(2)
    for (let i = 0; i < scenes; i++) this.#pictures.push((await maker.draw(`scene-${i}`, even(large.width * panRoom), even(large.height * panRoom), 'jpeg')).path)
  }

  async clip (name: string, size: Size, scenes: { from: number, to: number }, encoding: readonly string[]): Promise<string> {
    const [width, height] = [even(size.width), even(size.height)]
    const [wide, high] = [even(width * panRoom), even(height * panRoom)]
    const pictures = this.#pictures.slice(scenes.from, scenes.to)
    const frames = sceneS * fps
    const pans = pictures.map((_, i) => `[${i}:v]scale=${wide}:${high},loop=loop=${frames - 1}:size=1,setpts=N/${fps}/TB,` +
      `crop=${width}:${height}:x='(iw-ow)*n/${frames}':y='(ih-oh)*${i % 2 === 0 ? `n/${frames}` : `(1-n/${frames})`}',format=yuv420p,setsar=1[p${i}]`)
    const joint = `${pictures.map((_, i) => `[p${i}]`).join('')}concat=n=${pictures.length}[v]`
    const path = join(this.#folder, name)
    await this.#ffmpeg.run(...pictures.flatMap(picture => ['-i', picture]), '-filter_complex', `${pans.join(';')};${joint}`, '-map', '[v]', '-r', String(fps),
      '-c:v', ...encoding, '-g', String(keyframeEvery), path)
    return path
  }

  /** The clips one after the other, without encoding them again. */
  async joint (name: string, paths: readonly string[]): Promise<string> {
    const index = join(this.#folder, `${name}.txt`)
    await writeFile(index, paths.map(path => `file '${path}'\n`).join(''))
    const path = join(this.#folder, name)
    await this.#ffmpeg.run('-f', 'concat', '-safe', '0', '-i', index, '-c', 'copy', path)
    return path
  }
}

function even (length: number): number { return 2 * Math.round(length / 2) }

/** Clips of every codec and size that can be made here, and a film of two minutes whose first seconds are those of the opening. */
export async function makeClips (ffmpeg: Ffmpeg, folder: string, scenes: number, progress: (what: string) => void): Promise<Clips> {
  const studio = new Studio(ffmpeg, folder)
  await studio.draw(scenes)
  const skipped: string[] = []
  const clips: Clip[] = []
  const encodings = new Map<string, readonly string[]>()
  for (const codec of codecs) {
    const encoding = codec.encoders.find(([encoder]) => ffmpeg.has(encoder))
    if (encoding === undefined) skipped.push(`${codec.name}: ffmpeg has no encoder (${codec.encoders.map(([encoder]) => encoder).join(', ')})`)
    else encodings.set(codec.name, encoding)
  }
  const wanted = sizes.flatMap(size => codecs.flatMap(codec => {
    const encoding = encodings.get(codec.name)
    return encoding === undefined ? [] : [{ ...codec, size, encoding }]
  }))
  await inParallel(wanted, encodersAtOnce, async ({ name, extension, size, encoding }, i) => {
    progress(`encoding ${name} ${size.name}`)
    const path = await studio.clip(`${name}-${size.name}.${extension}`, size, { from: 0, to: scenes }, encoding)
    clips[i] = { codec: name, size: size.name, path, bytes: (await stat(path)).size, durationS: scenes * sceneS }
  })
  const h264 = encodings.get('h264')
  if (h264 === undefined) return { clips, opening: undefined, film: undefined, skipped: [...skipped, 'the film of two minutes: no encoder for h264'] }
  progress('encoding the film')
  const [small] = sizes
  const [opening, first, rest] = await Promise.all([
    studio.clip('opening.mp4', small ?? large, { from: 0, to: openingScenes }, h264),
    studio.clip('first.mp4', large, { from: 0, to: openingScenes }, h264),
    studio.clip('rest.mp4', large, { from: openingScenes, to: scenes }, h264)
  ])
  const restS = (scenes - openingScenes) * sceneS
  const repeats = Math.ceil((filmS - openingScenes * sceneS) / restS)
  const path = await studio.joint('film.mp4', [first, ...Array<string>(repeats).fill(rest)])
  const film = { codec: 'h264', size: large.name, path, bytes: (await stat(path)).size, durationS: openingScenes * sceneS + repeats * restS }
  return { clips, opening, film, skipped }
}

const filmS = 120

/** What the fixtures have of each codec, where nothing can be made. */
export async function fixtureClips (): Promise<Clips> {
  const fixtures = [['h264', '1080p', 'h264-1080p.mp4'], ['h264', 'fixture', 'film-a.mp4'], ['h265', 'fixture', 'h265.mp4'], ['vp9', 'fixture', 'vp9.webm'], ['av1', 'fixture', 'av1.mp4'], ['mpeg4', 'fixture', 'mpeg4.avi']] as const
  const folder = fileURLToPath(new URL('../../../fixtures/videos/', import.meta.url))
  const clips = await Promise.all(fixtures.map(async ([codec, size, name]) => ({ codec, size, path: folder + name, bytes: (await stat(folder + name)).size, durationS: undefined })))
  return { clips, opening: undefined, film: undefined, skipped: ['no ffmpeg program: the fixtures take the place of the clips, and nothing is compared with it'] }
}
