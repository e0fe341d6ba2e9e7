import type { PictureHashes } from '#keersluis/media/fingerprint.js'
import type { CheckAnswer } from '#keersluis/service/check-answer.js'
import type { ItemAdded } from '#keersluis/service/known-material.js'
import { evenly } from './evenly.js'
import { outcomeFor, strangersOf, Tally } from './outcomes.js'
import { PackedHashes } from './packed-hashes.js'
import { inParallel } from '../frame/parallel.js'
import type { PictureEdit } from './picture-edits.js'
import type { Pixels } from './pixels.js'
import { sharpOf } from './pixels.js'
import { randomFrom, seedOf } from './random.js'
import { takenUpload, type TrialGate } from './trial-gate.js'

/** The bytes that go on the list, and the pixels from which the edits are made. */
export interface PictureMaterial {
  original: Buffer
  pixels: Pixels
}

/** A picture that plays known material. */
export interface PictureSource {
  name: string
  /** `undefined` where it is no whole picture: an operator's folder may hold anything. */
  read (): Promise<PictureMaterial | undefined>
}

/** A source that is on the list. */
interface Known {
  source: PictureSource
  itemId: number
  /** PDQ of all its entries. */
  entries: PackedHashes
  /** PDQ of an ordinary copy of it, all variants and orientations, as an upload. */
  upload: PackedHashes
  copy: PictureHashes | undefined
  /** The file of that copy, where there was room for it. */
  copyBytes: Buffer | undefined
}

export interface ClosePair {
  upload: string
  known: string
  distance: number
}

export interface PictureTrials {
  /** Sources with enough content for near matching. */
  sources: number
  /** Names of those without, of those whose bytes were there already, and of those too large for the gate. */
  leftOut: readonly string[]
  /** Names of those that could not be read as a picture. */
  unreadable: readonly string[]
  /** How many of them were edited; all are compared with one another. */
  edited: number
  edits: Array<{ edit: PictureEdit, tally: Tally }>
  /** Distances between edited copies and their own items: how many at each of 0 to 256 bits. */
  ownDistances: number[]
  /** Distances between ordinary copies and other items, over variants, crops and orientations. */
  strangerDistances: number[]
  strangerPairs: number
  /** Ordered pairs of a picture and another one's item in which policy blocked or held. */
  strangersBlocked: number
  strangersHeld: number
  closest: ClosePair[]
  /** Fingerprints of ordinary copies, one of each picture, for a trial against a large list. */
  copies: PictureHashes[]
  /** The same of a few edited copies of each edited picture. */
  editedCopies: PictureHashes[]
  /** PDQ entries of each item. */
  entryCounts: number[]
}

const tasksAtOnce = 4
const copyQuality = 85
/** What is kept of ordinary copies; others are made once more. */
const copiesBytesMax = 64 * 2 ** 20
/** Edited copies of a picture whose fingerprints are kept. */
const editedCopiesEach = 4
const closestShown = 5

/** @param editedMax so many of the sources are edited, spread evenly over them */
export async function tryPictures (gate: TrialGate, sources: readonly PictureSource[], edits: readonly PictureEdit[], editedMax: number, progress: (done: number, total: number) => void): Promise<PictureTrials> {
  const { known, leftOut, unreadable } = await addAll(gate, sources)
  const edited = new Set(evenly(known, editedMax))
  const trials: PictureTrials = {
    sources: known.length,
    leftOut,
    unreadable,
    edited: edited.size,
    edits: edits.map(edit => ({ edit, tally: new Tally() })),
    ownDistances: distanceCounts(),
    strangerDistances: distanceCounts(),
    strangerPairs: known.length * (known.length - 1),
    strangersBlocked: 0,
    strangersHeld: 0,
    closest: [],
    copies: known.flatMap(({ copy }) => copy ?? []),
    editedCopies: [],
    entryCounts: known.map(({ entries }) => entries.length)
  }
  let done = 0
  await inParallel(known, tasksAtOnce, async one => {
    const copy = one.copyBytes ?? await ordinaryCopy(await pixelsAgain(one))
    const strangers = strangersOf(await gate.check(copy, 'picture'), one.itemId)
    trials.strangersBlocked += strangers.blocked
    trials.strangersHeld += strangers.held
    if (edited.has(one)) await tryEdits(gate, one, await pixelsAgain(one), trials)
    progress(++done, known.length)
  })
  compareStrangers(known, trials)
  return trials
}

async function pixelsAgain ({ source }: Known): Promise<Pixels> {
  const material = await source.read()
  if (material === undefined) throw new Error(`${source.name} was changed or removed while the bench ran`)
  return material.pixels
}

async function tryEdits (gate: TrialGate, known: Known, pixels: Pixels, trials: PictureTrials): Promise<void> {
  const random = randomFrom(seedOf(known.source.name))
  const keptShare = editedCopiesEach / trials.edits.length
  for (const { edit, tally } of trials.edits) {
    const bytes = await edit.apply(pixels, randomFrom(seedOf(`${known.source.name} ${edit.name}`)))
    const answer = await gate.check(bytes, 'picture')
    tally.add(outcomeFor(answer, known.itemId))
    const matched = matchedDistance(answer, known.itemId)
    const isKept = random() < keptShare
    if (matched !== undefined) count(trials.ownDistances, matched)
    if (matched !== undefined && !isKept) continue
    const [copy] = (await gate.fingerprint(bytes, 'picture')).pictures
    if (matched === undefined) count(trials.ownDistances, packedOf(copy).leastDistance(known.entries))
    if (isKept && copy !== undefined) trials.editedCopies.push(copy)
  }
}

function count (distances: number[], distance: number): void {
  distances[distance] = (distances[distance] ?? 0) + 1
}

function matchedDistance (answer: CheckAnswer, itemId: number): number | undefined {
  return answer.matches.find(({ hit }) => hit.itemId === itemId && hit.algorithm === 'pdq')?.hit.distance
}

/** What became of the sources; all sorted by name, since they are worked on side by side. */
interface Added extends Pick<PictureTrials, 'leftOut' | 'unreadable'> {
  known: Known[]
}

async function addAll (gate: TrialGate, sources: readonly PictureSource[]): Promise<Added> {
  const known: Known[] = []
  const leftOut: string[] = []
  const unreadable: string[] = []
  let copiesBytes = 0
  await inParallel(sources, tasksAtOnce, async source => {
    const material = await source.read()
    if (material === undefined) {
      unreadable.push(source.name)
      return
    }
    const item = await addOne(gate, material.original)
    if (item === undefined) {
      leftOut.push(source.name)
      return
    }
    const bytes = await ordinaryCopy(material.pixels)
    const copy = (await gate.fingerprint(bytes, 'picture')).pictures[0]
    const hasRoom = copiesBytes + bytes.length <= copiesBytesMax
    if (hasRoom) copiesBytes += bytes.length
    known.push({ source, itemId: item.itemId, entries: entriesOf(item), upload: packedOf(copy), copy, copyBytes: hasRoom ? bytes : undefined })
  })
  return { known: known.sort((a, b) => a.source.name < b.source.name ? -1 : 1), leftOut: leftOut.sort(), unreadable: unreadable.sort() }
}

/** The item, where it is a new one that near copies can meet. */
async function addOne (gate: TrialGate, original: Buffer): Promise<ItemAdded | undefined> {
  const item = await takenUpload(gate.addItem(original, 'picture'))
  return item?.created === true && isNearMatchable(item) ? item : undefined
}

function isNearMatchable ({ entries }: ItemAdded): boolean {
  return entries.some(({ algorithm, variant, matchable }) => algorithm === 'pdq' && variant.startsWith('whole') && matchable)
}

function entriesOf ({ entries }: ItemAdded): PackedHashes {
  return new PackedHashes(entries.filter(({ algorithm, matchable }) => algorithm === 'pdq' && matchable).map(({ value }) => value))
}

function packedOf (picture: PictureHashes | undefined): PackedHashes {
  return new PackedHashes((picture?.variants ?? []).flatMap(({ pdq, oriented = pdq }) =>
    Array.from({ length: oriented.length / 32 }, (_, at) => oriented.subarray(at * 32, at * 32 + 32))))
}

async function ordinaryCopy (pixels: Pixels): Promise<Buffer> {
  return await sharpOf(pixels).jpeg({ quality: copyQuality }).toBuffer()
}

function compareStrangers (known: readonly Known[], trials: PictureTrials): void {
  const pairs: ClosePair[] = []
  for (const one of known) {
    for (const other of known) {
      if (one === other) continue
      const distance = one.upload.leastDistance(other.entries)
      count(trials.strangerDistances, distance)
      pairs.push({ upload: one.source.name, known: other.source.name, distance })
    }
  }
  trials.closest = pairs.sort((a, b) => a.distance - b.distance).slice(0, closestShown)
}

function distanceCounts (): number[] {
  return Array.from({ length: 257 }, () => 0)
}
