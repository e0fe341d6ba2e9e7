import { loadConfig } from '#keersluis/config.js'
import { findFfmpeg } from '#keersluis/media/ffmpeg-program.js'
import type { PictureHashes } from '#keersluis/media/fingerprint.js'
import type { Bench, BenchResult, BenchRun, Plot, Table, Target } from '../frame/bench.js'
import { DrawingThreads } from './drawing-threads.js'
import { hasX264 } from './ffmpeg.js'
import { filmEdits } from './film-edits.js'
import { tryFilms } from './film-trials.js'
import { writeGeneratedFilm } from './generated-films.js'
import { tryLargeList } from './large-list.js'
import { pictureEdits } from './picture-edits.js'
import { inParallel } from '../frame/parallel.js'
import { tryPictures, type PictureSource, type PictureTrials } from './picture-trials.js'
import { filmHeadline, filmTable, filmTargets } from './film-report.js'
import { closestTable, distanceHistogram, editTable, falseHitTable, groupTable, headlineOf, largeListTable, largeListTarget, pictureTargets, strangerTarget } from './picture-report.js'
import { filmsIn, fixturePhotos, generatedPictures, picturesIn } from './sources.js'
import { TrialGate } from './trial-gate.js'

/** How much of everything. The sides are those of the copies that the edits are made from. */
const amounts = {
  quick: { generated: 320, edited: 33, uploads: 0, films: 2, pictures: 100, videos: 6, sideMax: 800 },
  full: { generated: 1000, edited: 1000, uploads: 4000, films: 75, pictures: 10_000, videos: 200, sideMax: 1600 }
}
const entriesDefault = 1_000_000
/** Seed of the film into which known ones are put; it plays no other part. */
const otherFilmSeed = 99_999

const synthetic = 'synthetic: they test the code and prove nothing about photos'

interface Plan {
  run: BenchRun
  amount: typeof amounts.quick
  artist: DrawingThreads
}

function numberOption (run: BenchRun, name: string, fallback: number): number {
  const value = run.options[name]
  const number = typeof value === 'string' ? Number(value) : fallback
  if (Number.isSafeInteger(number) && number >= 0) return number
  throw new RangeError(`--${name} takes a whole number`)
}

function textOption (run: BenchRun, name: string): string | undefined {
  const value = run.options[name]
  return typeof value === 'string' ? value : undefined
}

interface Part {
  tables: Table[]
  plots: Plot[]
  targets: Target[]
  headline: string
}

/** The pictures of a folder, or the fixtures; then generated ones; then both against a large list. */
async function picturePart ({ run, amount, artist }: Plan): Promise<Part> {
  const folder = textOption(run, 'pictures')
  const edits = pictureEdits.filter(edit => !run.quick || edit.fullOnly !== true)
  const most = numberOption(run, 'pictures-max', amount.pictures)
  const edited = numberOption(run, 'edited', amount.edited)
  const own = folder === undefined ? `${fixtureWords} (${synthetic})` : `pictures in ${folder}`
  const sets: Array<{ what: string, trials: PictureTrials }> = []
  const tables: Table[] = []
  const gate = await TrialGate.open()
  const plan = gate.plan
  try {
    const trials = await tryPictures(gate, await picturesIn(folder ?? fixturePhotos, amount.sideMax, most), edits, edited, (done, total) => { run.progress(done, total, 'pictures') })
    sets.push({ what: own, trials })
  } finally {
    await gate.close()
  }
  const generated = numberOption(run, 'generated', amount.generated)
  if (generated > 0) {
    const second = await TrialGate.open()
    try {
      const trials = await tryPictures(second, generatedPictures(artist, 0, generated), edits, edited, (done, total) => { run.progress(done, total, 'generated pictures') })
      sets.push({ what: `generated pictures (${synthetic})`, trials })
    } finally {
      await second.close()
    }
  }
  for (const { what, trials } of sets) {
    tables.push(editTable(what, trials), groupTable(what, trials), falseHitTable(what, trials), closestTable(what, trials))
  }
  const distinct = sets.flatMap(({ trials }) => trials.copies)
  const missing = numberOption(run, 'uploads', amount.uploads) - distinct.length
  if (missing > 0) distinct.push(...await moreUploads(run, generatedPictures(artist, generated, missing)))
  run.progress(0, 1, 'large list')
  const uploads = { distinct, edited: sets.flatMap(({ trials }) => trials.editedCopies) }
  const large = await tryLargeList(uploads, numberOption(run, 'entries', entriesDefault), plan)
  run.progress(1, 1, 'large list')
  return {
    tables: [...tables, largeListTable(large)],
    plots: sets.map(({ what, trials }) => distanceHistogram(what, trials)),
    targets: [...sets.flatMap(({ what, trials }) => [...pictureTargets(what, trials), strangerTarget(what, trials)]), largeListTarget(large)],
    headline: headlineOf(folder === undefined ? 'drawn pictures' : `pictures in ${folder}${generated > 0 ? ' and drawn ones' : ''}`, sets.map(({ trials }) => trials))
  }
}

/** Generated pictures on no list, hashed as uploads. */
async function moreUploads (run: BenchRun, sources: readonly PictureSource[]): Promise<PictureHashes[]> {
  const gate = await TrialGate.open()
  const copies: PictureHashes[] = []
  try {
    await inParallel(sources, 2, async source => {
      const material = await source.read()
      if (material !== undefined) copies.push(...(await gate.fingerprint(material.original, 'picture')).pictures)
      run.progress(copies.length, sources.length, 'uploads')
    })
    return copies
  } finally {
    await gate.close()
  }
}

const fixtureWords = 'the fixtures’ photo-like pictures'

async function filmPart ({ run, amount, artist }: Plan): Promise<Part> {
  const skipped = (why: string): Part => ({
    tables: [{ title: 'Films: skipped', columns: ['why'], rows: [[why]] }], plots: [], targets: [], headline: `Films were skipped: ${why}.`
  })
  const config = loadConfig({}, {})
  const program = await findFfmpeg(textOption(run, 'ffmpeg') ?? config.ffmpegPath, '')
  if (program === undefined) return skipped('the edits need the ffmpeg program; name it with --ffmpeg')
  if (!await hasX264(program.path)) return skipped(`${program.path} cannot write H.264`)
  const folder = textOption(run, 'videos')
  const edits = filmEdits.filter(edit => !run.quick || edit.fullOnly !== true)
  const gate = await TrialGate.open()
  try {
    const films = await filmsIn(folder, numberOption(run, 'videos-max', amount.videos))
    const generated = numberOption(run, 'films', amount.films)
    for (let seed = 1; seed <= generated; seed++) {
      run.progress(seed - 1, generated, 'drawing films')
      const file = gate.newFile('.mp4')
      await writeGeneratedFilm(program.path, artist, seed, file)
      films.push({ name: `generated ${seed}`, path: file })
    }
    const other = gate.newFile('.mp4')
    await writeGeneratedFilm(program.path, artist, otherFilmSeed, other)
    const trials = await tryFilms(gate, program.path, films, other, edits, (done, total) => { run.progress(done, total, 'films') })
    const what = `${folder === undefined ? 'the fixtures’ films' : `films in ${folder}`} and ${generated} generated ones (${synthetic}); ffmpeg ${program.version}`
    return { tables: [filmTable(what, trials)], plots: [], targets: filmTargets(trials), headline: filmHeadline(trials) }
  } finally {
    await gate.close()
  }
}

async function runRobustness (run: BenchRun): Promise<BenchResult> {
  const plan: Plan = { run, amount: run.quick ? amounts.quick : amounts.full, artist: new DrawingThreads() }
  const parts: Part[] = []
  try {
    if (run.options['no-pictures'] !== true) parts.push(await picturePart(plan))
    if (run.options['no-videos'] !== true) parts.push(await filmPart(plan))
  } finally {
    await plan.artist.close()
  }
  return {
    title: 'Edited copies and strangers',
    headline: parts.map(part => part.headline).filter(Boolean).join(' '),
    conditions: [
      'verdicts of a whole gate in this process with the default policy and one blocking list',
      `edits are made from copies of at most ${plan.amount.sideMax} px, saved as JPEG 85 where the edit is not about the format; the list holds the originals`,
      'every rate stands beside its n and its 95 % interval (Wilson score); a target is judged only where the whole interval lies on one side of it'
    ],
    tables: parts.flatMap(part => part.tables),
    plots: parts.flatMap(part => part.plots),
    targets: parts.flatMap(part => part.targets)
  }
}

export const bench: Bench = {
  name: 'robustness',
  summary: 'edited copies of known pictures and films: blocked, held, missed; unrelated ones: false hits',
  options: {
    pictures: { type: 'string' },
    'pictures-max': { type: 'string' },
    videos: { type: 'string' },
    'videos-max': { type: 'string' },
    edited: { type: 'string' },
    generated: { type: 'string' },
    uploads: { type: 'string' },
    films: { type: 'string' },
    entries: { type: 'string' },
    ffmpeg: { type: 'string' },
    'no-pictures': { type: 'boolean' },
    'no-videos': { type: 'boolean' }
  },
  run: runRobustness
}
