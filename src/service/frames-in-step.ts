import { isPdqUsable } from '../pipeline/search.js'
import type { PictureHashes } from '../media/fingerprint.js'
import { countInStep, type FilmMoment, type Seed } from '../policy/films-in-step.js'
import { isDigest, type Hit } from '../policy/hit.js'
import { uploadQualityMin } from '../policy/list-policy.js'
import { strengthOf } from '../policy/signal.js'
import type { EntryRecord, Store } from '../store/store.js'

/** Known videos compared with one upload moment by moment, the closest first: each costs a read of all its entries. */
const itemsMax = 8

interface Start extends Seed {
  hit: Hit
}

/**
 * Compares an upload with the known videos that one of its frames resembles, but too little to count, and notes on those hits
 * how many frames run in step. Videos that a digest or a frame has found already are left alone: this could only hold them.
 */
export async function withFramesInStep (store: Pick<Store, 'entriesOfItem'>, hits: readonly Hit[], pictures: readonly PictureHashes[]): Promise<Hit[]> {
  const starts = [...startsByItem(hits, pictures)].slice(0, itemsMax)
  const counts = new Map<Hit, number>()
  for (const [itemId, seeds] of starts) {
    const [{ hit: { list: { policy } } }] = seeds as [Start]
    const item = momentsOf(await store.entriesOfItem(itemId))
    const upload = pictures.flatMap(picture => momentOf(picture, uploadQualityMin(policy)) ?? [])
    const count = countInStep(upload, item, seeds, policy)
    for (const { hit } of seeds) counts.set(hit, count)
  }
  return hits.map(hit => {
    const framesInStep = counts.get(hit)
    return framesInStep === undefined ? hit : { ...hit, framesInStep }
  })
}

/** The frames to start from, of each item that may need them; items and their frames by distance. */
function startsByItem (hits: readonly Hit[], pictures: readonly PictureHashes[]): Map<number, Start[]> {
  const found = new Set(hits.filter(hit => isDigest(hit) || strengthOf(hit) === 'strong').map(hit => hit.itemId))
  const starts = new Map<number, Start[]>()
  for (const hit of [...hits].sort((a, b) => a.distance - b.distance)) {
    const { picture, entryTimeS, list: { kind, policy } } = hit
    const uploadS = picture === undefined ? undefined : pictures[picture]?.timeS
    if (kind !== 'known' || hit.itemKind !== 'video' || found.has(hit.itemId) || policy.videoStepFramesMin === 0) continue
    if (hit.algorithm !== 'pdq' || hit.orientation !== 'upright' || hit.distance > policy.videoStepSeedDistance) continue
    if (uploadS === undefined || entryTimeS === undefined) continue
    const start = { hit, uploadS, itemS: entryTimeS }
    const seeds = starts.get(hit.itemId)
    if (seeds === undefined) starts.set(hit.itemId, [start])
    else seeds.push(start)
  }
  return starts
}

function momentOf ({ timeS, variants }: PictureHashes, qualityMin: number): FilmMoment | undefined {
  const pdq = variants.filter(variant => isPdqUsable(variant.pdq, variant.pdqQuality, qualityMin)).map(variant => variant.pdq)
  return timeS === undefined || pdq.length === 0 ? undefined : { timeS, pdq }
}

/** The searched frames of a known video, by time, the variants of a frame together. */
function momentsOf (entries: readonly EntryRecord[]): FilmMoment[] {
  const moments = new Map<number, Uint8Array[]>()
  for (const { algorithm, matchable, timeS, value } of entries) {
    if (algorithm !== 'pdq' || !matchable || timeS === undefined) continue
    const pdq = moments.get(timeS)
    if (pdq === undefined) moments.set(timeS, [value])
    else pdq.push(value)
  }
  return [...moments].map(([timeS, pdq]) => ({ timeS, pdq })).sort((a, b) => a.timeS - b.timeS)
}
