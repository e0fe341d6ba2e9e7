import { BenchUsageError, type BenchOption, type BenchWish } from '../frame/bench.js'
import { rangeWords, wholeNumber, type Range } from '../frame/flag-values.js'

/** What a run is asked for: the values of its flags. */
export interface RobustnessWishes {
  /** The operator's own folders; the fixtures where there is none. */
  pictures: string | undefined
  videos: string | undefined
  ffmpeg: string | undefined
  withPictures: boolean
  withVideos: boolean
  numbers: Readonly<Record<NumberFlag, number>>
  /** Longer side of the copies that the edits are made from. */
  sideMaxPx: number
}

const numberFlags = ['pictures-max', 'videos-max', 'edited', 'generated', 'uploads', 'films', 'entries'] as const
type NumberFlag = typeof numberFlags[number]

/** Nothing of which a figure needs one or more may be none: it would be no figure. */
const ranges: Readonly<Record<NumberFlag, Range>> = {
  'pictures-max': { least: 1, most: 1_000_000 },
  'videos-max': { least: 1, most: 100_000 },
  edited: { least: 1, most: 1_000_000 },
  generated: { least: 0, most: 1_000_000 },
  uploads: { least: 0, most: 1_000_000 },
  films: { least: 0, most: 10_000 },
  entries: { least: 2, most: 100_000_000 }
}

const entriesDefault = 1_000_000

const defaults: Readonly<Record<'quick' | 'full', Readonly<Record<NumberFlag, number>>>> = {
  quick: { 'pictures-max': 100, 'videos-max': 6, edited: 33, generated: 320, uploads: 0, films: 2, entries: entriesDefault },
  full: { 'pictures-max': 10_000, 'videos-max': 200, edited: 1000, generated: 1000, uploads: 4000, films: 75, entries: entriesDefault }
}

const sideMaxPx = { quick: 800, full: 1600 }

function numberOption (flag: NumberFlag, what: string): BenchOption {
  const [full, quick] = [defaults.full[flag], defaults.quick[flag]].map(value => value.toLocaleString('en-US'))
  return { type: 'string', about: `${what}, ${rangeWords(ranges[flag])} (default ${full}${full === quick ? '' : `; quick ${quick}`})` }
}

export const robustnessOptions: Readonly<Record<string, BenchOption>> = {
  pictures: { type: 'string', about: 'a folder of your pictures (default the fixtures)' },
  'pictures-max': numberOption('pictures-max', 'pictures of the folder that are tried'),
  videos: { type: 'string', about: 'a folder of your films (default the fixtures)' },
  'videos-max': numberOption('videos-max', 'films of the folder that are tried'),
  edited: numberOption('edited', 'pictures of each set that are edited'),
  generated: numberOption('generated', 'pictures that are drawn beside those'),
  uploads: numberOption('uploads', 'pictures that are searched on the large list, drawn ones added'),
  films: numberOption('films', 'films that are drawn beside those'),
  entries: numberOption('entries', 'made-up entries on the large list'),
  ffmpeg: { type: 'string', about: 'the ffmpeg program that edits films (default the one that the gate would find)' },
  'no-pictures': { type: 'boolean', about: 'films only' },
  'no-videos': { type: 'boolean', about: 'pictures only' }
}

/** @throws BenchUsageError where a flag makes no sense */
export function readRobustnessWishes ({ quick, options }: BenchWish): RobustnessWishes {
  const size = quick ? 'quick' : 'full'
  const [withPictures, withVideos] = [options['no-pictures'] !== true, options['no-videos'] !== true]
  if (!withPictures && !withVideos) throw new BenchUsageError('--no-pictures and --no-videos together leave nothing to try: give one of them at most.')
  const numbers = { ...defaults[size] }
  for (const flag of numberFlags) {
    const value = options[flag]
    if (typeof value === 'string') numbers[flag] = wholeNumber(flag, value, ranges[flag])
  }
  return {
    pictures: textOf(options.pictures), videos: textOf(options.videos), ffmpeg: textOf(options.ffmpeg), withPictures, withVideos, numbers, sideMaxPx: sideMaxPx[size]
  }
}

function textOf (value: string | boolean | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined
}
