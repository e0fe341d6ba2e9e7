import { loadConfig } from '#keersluis/config.js'
import { findFfmpeg } from '#keersluis/media/ffmpeg-program.js'
import type { PictureHashes } from '#keersluis/media/fingerprint.js'
import type { SearchPlan } from '#keersluis/pipeline/search.js'
import { BenchUsageError, type Bench, type BenchResult, type BenchRun, type BenchWish, type Plot, type Table, type Target } from '../frame/bench.js'
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
import { closestTable, distanceHistogram, editTable, falseHitTable, firstNames, groupTable, headlineOf, largeListTable, largeListTarget, leftOutWords, pictureTargets, strangerTarget } from './picture-report.js'
import { checkPictures, filmsIn, fixturePhotos, generatedPictures, picturesIn } from './sources.js'
import { TrialGate } from './trial-gate.js'
import { readRobustnessWishes, robustnessOptions, type RobustnessWishes } from './wishes.js'

/** Seed of the film into which known ones are put; it plays no other part. */
const otherFilmSeed = 99_999

const synthetic = 'synthetic: they test the code and prove nothing about photos'

interface Plan {
  run: BenchRun
  wishes: RobustnessWishes
  artist: DrawingThreads
}

interface Part {
  tables: Table[]
  plots: Plot[]
  targets: Target[]
  headline: string
}

/** Pictures that were tried together, and how the report calls them. */
interface PictureSet {
  what: string
  trials: PictureTrials
  searchPlan: SearchPlan
}

/** The pictures of a folder, or the fixtures; then generated ones; then both against a large list. */
async function picturePart (plan: Plan): Promise<Part> {
  const { run, wishes: { pictures: folder, numbers: { generated, uploads: uploadsWanted, entries } }, artist } = plan
  const own = await folderSet(plan)
  const sets = [own, ...generated > 0 ? [await generatedSet(plan)] : []]
  const tables = sets.flatMap(({ what, trials }) => [editTable(what, trials), groupTable(what, trials), falseHitTable(what, trials), closestTable(what, trials)])
  const distinct = sets.flatMap(({ trials }) => trials.copies)
  const missing = uploadsWanted - distinct.length
  if (missing > 0) distinct.push(...await moreUploads(run, generatedPictures(artist, generated, missing)))
  run.progress(0, 1, 'large list')
  const large = await tryLargeList({ distinct, edited: sets.flatMap(({ trials }) => trials.editedCopies) }, entries, own.searchPlan)
  run.progress(1, 1, 'large list')
  return {
    tables: [...tables, largeListTable(large)],
    plots: sets.map(({ what, trials }) => distanceHistogram(what, trials)),
    targets: [...sets.flatMap(({ what, trials }) => [...pictureTargets(what, trials), strangerTarget(what, trials)]), largeListTarget(large)],
    headline: headlineOf(folder === undefined ? 'drawn pictures' : `pictures in ${folder}${generated > 0 ? ' and drawn ones' : ''}`, sets.map(({ trials }) => trials))
  }
}

async function folderSet (plan: Plan): Promise<PictureSet> {
  const { pictures: folder, sideMaxPx, numbers } = plan.wishes
  const sources = await picturesIn(folder ?? fixturePhotos, sideMaxPx, numbers['pictures-max'])
  const { trials, searchPlan } = await tryInGate(plan, sources, 'pictures')
  if (trials.sources === 0) throw new BenchUsageError(`--pictures cannot be '${folder ?? fixturePhotos}': no picture in it can be used; ${leftOutWords(trials)}.`)
  return { what: folder === undefined ? `${fixtureWords} (${synthetic})` : `pictures in ${folder}`, trials, searchPlan }
}

async function generatedSet (plan: Plan): Promise<PictureSet> {
  const { trials, searchPlan } = await tryInGate(plan, generatedPictures(plan.artist, 0, plan.wishes.numbers.generated), 'generated pictures')
  return { what: `generated pictures (${synthetic})`, trials, searchPlan }
}

async function tryInGate ({ run, wishes }: Plan, sources: readonly PictureSource[], what: string): Promise<Pick<PictureSet, 'trials' | 'searchPlan'>> {
  const edits = pictureEdits.filter(edit => !run.quick || edit.fullOnly !== true)
  const gate = await TrialGate.open()
  try {
    const trials = await tryPictures(gate, sources, edits, wishes.numbers.edited, (done, total) => { run.progress(done, total, what) })
    return { trials, searchPlan: gate.plan }
  } finally {
    await gate.close()
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

async function filmPart ({ run, wishes, artist }: Plan): Promise<Part> {
  const skipped = (why: string): Part => ({
    tables: [{ title: 'Films: skipped', columns: ['why'], rows: [[why]] }], plots: [], targets: [], headline: `Films were skipped: ${why}.`
  })
  const config = loadConfig({}, {})
  const program = await findFfmpeg(wishes.ffmpeg ?? config.ffmpegPath, '')
  if (program === undefined) return skipped('the edits need the ffmpeg program; name it with --ffmpeg')
  if (!await hasX264(program.path)) return skipped(`${program.path} cannot write H.264`)
  const { videos: folder, numbers: { films: generated, 'videos-max': most } } = wishes
  const edits = filmEdits.filter(edit => !run.quick || edit.fullOnly !== true)
  const gate = await TrialGate.open()
  try {
    const films = await filmsIn(folder, most)
    const given = films.length
    for (let seed = 1; seed <= generated; seed++) {
      run.progress(seed - 1, generated, 'drawing films')
      const file = gate.newFile('.mp4')
      await writeGeneratedFilm(program.path, artist, seed, file)
      films.push({ name: `generated ${seed}`, path: file })
    }
    const other = gate.newFile('.mp4')
    await writeGeneratedFilm(program.path, artist, otherFilmSeed, other)
    const trials = await tryFilms(gate, program.path, films, other, edits, (done, total) => { run.progress(done, total, 'films') })
    const leftOut = new Set(trials.leftOut)
    if (folder !== undefined && films.slice(0, given).every(({ name }) => leftOut.has(name))) throw new BenchUsageError(`--videos cannot be '${folder}': no film in it can be used (${firstNames(trials.leftOut)}).`)
    const what = `${folder === undefined ? 'the fixtures’ films' : `films in ${folder}`} and ${generated} generated ones (${synthetic}); ffmpeg ${program.version}`
    return { tables: [filmTable(what, trials)], plots: [], targets: filmTargets(trials), headline: filmHeadline(trials) }
  } finally {
    await gate.close()
  }
}

/** The folders and the program are looked at, too. */
async function checkWishes (wish: BenchWish): Promise<void> {
  const { withPictures, withVideos, pictures, videos, ffmpeg, sideMaxPx, numbers } = readRobustnessWishes(wish)
  if (withPictures && pictures !== undefined) await checkPictures(pictures, sideMaxPx, numbers['pictures-max'])
  if (!withVideos) return
  if (videos !== undefined) await filmsIn(videos, numbers['videos-max'])
  if (ffmpeg !== undefined && await findFfmpeg(ffmpeg, '') === undefined) throw new BenchUsageError(`--ffmpeg cannot be '${ffmpeg}': it takes the path of an ffmpeg program that runs.`)
}

async function runRobustness (run: BenchRun): Promise<BenchResult> {
  const wishes = readRobustnessWishes(run)
  const plan: Plan = { run, wishes, artist: new DrawingThreads() }
  const parts: Part[] = []
  try {
    if (wishes.withPictures) parts.push(await picturePart(plan))
    if (wishes.withVideos) parts.push(await filmPart(plan))
  } finally {
    await plan.artist.close()
  }
  return {
    title: 'Edited copies and strangers',
    headline: parts.map(part => part.headline).filter(Boolean).join(' '),
    conditions: [
      'verdicts of a whole gate in this process with the default policy and one blocking list',
      `edits are made from copies of at most ${wishes.sideMaxPx} px, saved as JPEG 85 where the edit is not about the format; the list holds the originals`,
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
  options: robustnessOptions,
  check: checkWishes,
  run: runRobustness
}
