import type { PictureHashes } from '../media/fingerprint.js'
import type { Lanes } from '../pipeline/lanes.js'
import type { ListRecord, Store } from '../store/store.js'
import type { Lists } from './lists.js'

/** Titles and countdowns are those frames that so many other items have, too. */
const otherItemsMin = 3
/** An item that has more than this share of the film's frames is a copy of the film, which says nothing of titles. */
const titleShareMax = 0.5
/** Few frames are near more entries. */
const hitsUsual = 200
/** Frames in one task, so that uploads get their turn in between. */
const framesPerLookup = 256

/**
 * Which frames of a known video would match uploads that have nothing to do with it: those that an exclusion list has,
 * and those that `otherItemsMin` other films have already. Copies of the film on other lists do not count. Indexes into `pictures`.
 */
export async function commonFrames (
  pictures: readonly PictureHashes[], list: ListRecord, { lanes, lists, store }: { lanes: Lanes, lists: Lists, store: Store }
): Promise<Set<number>> {
  const excluded = new Set<number>()
  const framesOf = new Map<number, Set<number>>()
  const radius = list.policy.videoFrameDistance
  for (let start = 0; start < pictures.length; start += framesPerLookup) {
    const frames = pictures.slice(start, start + framesPerLookup)
    const queries = frames.flatMap((frame, at) => frame.variants.map(({ pdq }) => ({ frame: start + at, algorithm: 'pdq' as const, value: pdq, radius })))
    const { found } = await lanes.lookup(queries.map(({ algorithm, value }) => ({ algorithm, value, radius })), hitsUsual)
    const entries = new Map((await store.entriesById(found.flat().map(hit => hit.entryId))).map(entry => [entry.entryId, entry]))
    queries.forEach(({ frame }, at) => {
      const known = (found[at] ?? []).map(hit => entries.get(hit.entryId)).filter(entry => entry !== undefined)
      if (known.some(entry => lists.byId(entry.listId)?.kind === 'exclusion')) excluded.add(frame)
      for (const { itemId } of known) framesOf.set(itemId, (framesOf.get(itemId) ?? new Set<number>()).add(frame))
    })
  }
  const others = [...framesOf.values()].filter(frames => frames.size <= pictures.length * titleShareMax)
  const common = pictures.map((_, frame) => frame).filter(frame => others.filter(frames => frames.has(frame)).length >= otherItemsMin)
  return new Set([...excluded, ...common])
}
