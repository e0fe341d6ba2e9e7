import { runFfmpeg } from './ffmpeg.js'
import type { FilmEdit, FilmFacts } from './film-edits.js'
import { outcomeFor, strangersOf, Tally } from './outcomes.js'
import { inParallel } from '../frame/parallel.js'
import { takenUpload, type TrialGate } from './trial-gate.js'

export interface FilmSource {
  name: string
  path: string
}

interface Known extends FilmFacts {
  source: FilmSource
  itemId: number
}

export interface FilmTrials {
  sources: number
  /** Names of those that the gate hashes nothing of, or that are no films. */
  leftOut: readonly string[]
  edits: Array<{ edit: FilmEdit, tally: Tally }>
  /** Pairs of an edited film and another one's item. */
  strangerPairs: number
  strangersBlocked: number
  strangersHeld: number
}

const filmsAtOnce = 2

/** @param other a film that is not among the sources, to put them into */
export async function tryFilms (gate: TrialGate, ffmpeg: string, sources: readonly FilmSource[], other: string, edits: readonly FilmEdit[], progress: (done: number, total: number) => void): Promise<FilmTrials> {
  const known: Known[] = []
  const leftOut: string[] = []
  for (const source of sources) {
    const one = await addFilm(gate, source)
    if (one === undefined) leftOut.push(source.name)
    else known.push(one)
  }
  const trials: FilmTrials = {
    sources: known.length,
    leftOut,
    edits: edits.map(edit => ({ edit, tally: new Tally() })),
    strangerPairs: edits.length * known.length * (known.length - 1),
    strangersBlocked: 0,
    strangersHeld: 0
  }
  let done = 0
  await inParallel(known, filmsAtOnce, async film => {
    for (const { edit, tally } of trials.edits) {
      const answer = await gate.withFile(edit.extension, async file => {
        await runFfmpeg(ffmpeg, argumentsOf(edit, film, other, file))
        return await gate.check(file, 'video')
      })
      tally.add(outcomeFor(answer, film.itemId))
      // What it meets besides its own item is a false hit.
      const strangers = strangersOf(answer, film.itemId)
      trials.strangersBlocked += strangers.blocked
      trials.strangersHeld += strangers.held
    }
    progress(++done, known.length)
  })
  return trials
}

function argumentsOf (edit: FilmEdit, film: Known, other: string, output: string): string[] {
  const second = edit.needsOther === true ? ['-i', other] : []
  return [...edit.inputOptions?.(film) ?? [], '-i', film.source.path, ...second, ...edit.options(film), output]
}

/** The item, where it is a film that is not there yet and near copies can meet. */
async function addFilm (gate: TrialGate, source: FilmSource): Promise<Known | undefined> {
  const fingerprint = await takenUpload(gate.fingerprint(source.path, 'video'))
  if (fingerprint === undefined) return undefined
  const { durationS, width, height, kind } = fingerprint.media
  if (kind !== 'video' || durationS === undefined || width === undefined || height === undefined) return undefined
  const item = await gate.addItem(source.path, 'video')
  const usable = item.created && item.entries.some(({ algorithm, matchable }) => algorithm === 'pdq' && matchable)
  return usable ? { source, itemId: item.itemId, durationS, width, height } : undefined
}
