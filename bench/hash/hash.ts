import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { BenchUsageError, type Bench, type BenchResult, type BenchRun, type BenchWish } from '../frame/bench.js'
import { wholeNumber } from '../frame/flag-values.js'
import { Contest, type CellFigures } from './cells.js'
import { EngineProcess } from './engine.js'
import { measureLanes } from './lanes.js'
import { compileFloor } from './native-floor.js'
import { encodings, formatNames, formats, hasHeifEncoder, heicEncoding, heicPictures, megapixelsMax, writePictures, type MeasuredFormat, type PictureSet } from './pictures.js'
import { hashReport, type HashFigures } from './report.js'

interface HashOptions {
  megapixels: readonly number[]
  formats: readonly MeasuredFormat[]
  rounds: number
  /** HEIC of all sizes; only the fixtures otherwise. */
  largeHeic: boolean
}

const quickOptions: HashOptions = { megapixels: [2, 12], formats: ['jpeg', 'png', 'webp', 'heic'], rounds: 7, largeHeic: false }
const fullOptions: HashOptions = { megapixels: [0.3, 2, 12, 24, 48], formats: [...formats, 'heic'], rounds: 16, largeHeic: true }
const roundsMax = 1000
const megapixelsLeast = 0.1
const megapixelsMost = Math.max(...Object.values(megapixelsMax))
const laneRounds = 2
/** Of the pictures that only warm up. */
const tinyMegapixels = 0.005
/** The size of the lane's pictures, or the smallest one there is. */
const laneMegapixels = 2

export const bench: Bench = {
  name: 'hash',
  summary: 'pictures a second and core, by format and size, beside bare sharp, the naive way and libjpeg-turbo',
  options: {
    megapixels: { type: 'string', about: `sizes in megapixels, ${megapixelsLeast} to ${megapixelsMost}, with commas between (default ${fullOptions.megapixels.join(',')}; quick ${quickOptions.megapixels.join(',')})` },
    formats: { type: 'string', about: `of ${[...formats, 'heic'].join(', ')}, with commas between (default all; quick ${quickOptions.formats.join(',')})` },
    rounds: { type: 'string', about: `rounds of each contender, 1 to ${roundsMax} (default ${fullOptions.rounds}; quick ${quickOptions.rounds})` }
  },
  check: wish => { readOptions(wish) },
  run: async run => {
    const options = readOptions(run)
    const folder = await mkdtemp(join(tmpdir(), 'hash-'))
    try {
      return await measure(options, folder, run.progress)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }
}

async function measure (options: HashOptions, folder: string, progress: BenchRun['progress']): Promise<BenchResult> {
  const { megapixels, rounds } = options
  const floor = compileFloor(folder)
  const writesHeic = options.largeHeic && await hasHeifEncoder()
  const drawn = options.formats.filter(format => format !== 'heic' || writesHeic)
  const wanted = megapixels.map(size => ({ size, formats: drawn.filter(format => size <= megapixelsMax[format]) }))
  const total = wanted.reduce((sum, { formats }) => sum + 1 + formats.length + (formats.includes('jpeg') ? 1 : 0), options.formats.includes('heic') ? 2 : 1)
  let done = 0
  const step = (what: string): void => { progress(done++, total, what) }
  const sets: PictureSet[] = []
  for (const { size, formats } of wanted) {
    step(`drawing ${size} MP`)
    sets.push(...await writePictures(folder, size, formats))
  }
  if (options.formats.includes('heic')) sets.push(await heicPictures())
  const contest = await Contest.open(typeof floor === 'string' ? undefined : floor)
  const cells: CellFigures[] = []
  try {
    for (const tiny of await writePictures(folder, tinyMegapixels, ['jpeg'])) await contest.warmUp(tiny)
    for (const set of sets) {
      step(`${formatNames[set.format]}, ${set.megapixels} MP`)
      cells.push(await contest.measure(set, rounds))
    }
  } finally {
    await contest.close()
  }
  const stages = await stagesOf(sets.filter(({ format }) => format === 'jpeg'), step)
  const laneSet = sets.find(({ megapixels }) => megapixels === laneMegapixels) ?? sets[0]
  if (laneSet === undefined) throw new Error('there are no pictures to measure')
  step('all cores against one')
  const lanes = await measureLanes(laneSet.paths, laneRounds)
  return hashReport({
    cells,
    stages,
    lanes,
    lanePictures: `${formatNames[laneSet.format]} pictures of ${laneSet.megapixels} megapixels`,
    conditions: [
      `drawn pictures, seeded, texture at all scales, two of each size and format, one with sides that divide by 16: ${encodings}; HEIC: two fixtures of 640 x 480, in one piece and as tiles${heicWords(options, writesHeic)}`,
      `sharp ${sharp.versions.sharp}, libvips ${sharp.versions.vips}, blockhash-core 0.1.0; each contender in a process of its own, one thread of libvips`,
      `${rounds} rounds, contenders in turn, naive and digests in every fourth of JPEG and once of the others; processor time of a contender and its children, after some seconds of small pictures, and one picture before each round`,
      typeof floor === 'string' ? floor : floor.description
    ]
  })
}

function heicWords ({ largeHeic }: HashOptions, writesHeic: boolean): string {
  if (!largeHeic) return ''
  return writesHeic ? `, larger ones by ${heicEncoding}` : '; larger ones are skipped: the program heif-enc is not installed'
}

async function stagesOf (sets: readonly PictureSet[], step: (what: string) => void): Promise<HashFigures['stages']> {
  const engine = await EngineProcess.start('sharp')
  const stages: Array<HashFigures['stages'][number]> = []
  try {
    for (const { megapixels, paths } of sets) {
      step(`steps of the pipeline, ${megapixels} MP`)
      stages.push({ megapixels, times: await engine.stages(paths) })
    }
  } finally {
    await engine.close()
  }
  return stages
}

/** @throws BenchUsageError where a flag makes no sense, or nothing would be measured */
export function readOptions ({ quick, options }: BenchWish): HashOptions {
  const base = quick ? quickOptions : fullOptions
  const { megapixels, formats: wanted, rounds } = options
  const read = {
    ...base,
    megapixels: typeof megapixels === 'string' ? megapixels.split(',').map(text => numberOf(text, 'megapixels', megapixelsLeast, megapixelsMost)) : base.megapixels,
    formats: typeof wanted === 'string' ? wanted.split(',').map(formatOf) : base.formats,
    rounds: typeof rounds === 'string' ? wholeNumber('rounds', rounds, { least: 1, most: roundsMax }) : base.rounds
  }
  const isMeasured = read.formats.some(format => format === 'heic' || read.megapixels.some(size => size <= megapixelsMax[format]))
  if (!isMeasured) throw new BenchUsageError(`--megapixels leaves nothing to measure: ${read.formats.map(format => `${formatNames[format]} is measured up to ${megapixelsMax[format]}`).join(', ')} megapixels.`)
  return read
}

function numberOf (text: string, flag: string, low: number, high: number): number {
  const value = text.trim() === '' ? Number.NaN : Number(text)
  if (value >= low && value <= high) return value
  throw new BenchUsageError(`--${flag} cannot be '${text}': it takes numbers from ${low} to ${high}.`)
}

function formatOf (text: string): MeasuredFormat {
  const format = [...formats, 'heic' as const].find(name => name === text.trim().toLowerCase())
  if (format === undefined) throw new BenchUsageError(`--formats cannot be '${text}': it takes ${formats.join(', ')} and heic, with commas between.`)
  return format
}
