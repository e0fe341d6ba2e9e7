import { openHashIndex } from '#keersluis/index/open.js'
import type { PictureHashes } from '#keersluis/media/fingerprint.js'
import { searchPicture, type FoundHit, type SearchPlan } from '#keersluis/pipeline/search.js'
import type { Hit, ListRule } from '#keersluis/policy/hit.js'
import { defaultListPolicy } from '#keersluis/policy/list-policy.js'
import { decide, type Verdict } from '#keersluis/policy/verdict.js'
import { median } from '../frame/percentiles.js'
import { makeValues } from '../index/data.js'
import { randomFrom, type Random } from './random.js'

const bytes = 32
const bits = 256
/** The weight of every true PDQ hash; the gate refuses others. */
const weight = 128

/** What uploads of one kind met. */
export interface LargeListOutcome {
  uploads: number
  blocked: number
  held: number
}

export interface LargeListTrial {
  entries: number
  distinct: LargeListOutcome
  /** Edited copies of some of them: more uploads, but not independent of one another. */
  edited: LargeListOutcome
  /** Medians over the distinct uploads: hashes that are searched, and the time of all these searches in milliseconds. */
  searches: number
  searchMs: number
}

const rule: ListRule = { name: 'large', kind: 'known', action: 'block', category: '', policy: defaultListPolicy }

/**
 * Uploads that are on no list against a list of made-up PDQ hashes, half of them random, half of them correlated as those of
 * pictures are. Items imported as bare hashes hold one entry each and have no blockhash.
 */
export async function tryLargeList (uploads: { distinct: readonly PictureHashes[], edited: readonly PictureHashes[] }, entries: number, plan: SearchPlan): Promise<LargeListTrial> {
  const index = openHashIndex()
  try {
    const load = index.bulk()
    const half = Math.floor(entries / 2)
    load.addPacked({ algorithm: 'pdq', entryIds: idsFrom(1, half), values: balanced(makeValues('uniform', half)) })
    load.addPacked({ algorithm: 'pdq', entryIds: idsFrom(half + 1, entries - half), values: balanced(makeValues('pdq', entries - half)) })
    load.commit(1)
    await index.settled()
    const times: number[] = []
    const outcomeOf = (pictures: readonly PictureHashes[]): LargeListOutcome => {
      const verdicts = pictures.map(picture => {
        const started = performance.now()
        const found = searchPicture(index, picture, 0, plan)
        times.push(performance.now() - started)
        return verdictOn(found)
      })
      const count = (wanted: Verdict): number => verdicts.filter(verdict => verdict === wanted).length
      return { uploads: pictures.length, blocked: count('block'), held: count('hold') }
    }
    const distinct = outcomeOf(uploads.distinct)
    const searchMs = median(times)
    return { entries, distinct, edited: outcomeOf(uploads.edited), searches: median(uploads.distinct.map(searchesOf)), searchMs }
  } finally {
    await index.close()
  }
}

function searchesOf ({ variants }: PictureHashes): number {
  return variants.reduce((sum, { pdq, oriented = pdq, blockhash }) => sum + oriented.length / bytes + (blockhash === undefined ? 0 : 1), 0)
}

function verdictOn (found: readonly FoundHit[]): Verdict {
  const hits: Hit[] = found.map(hit => ({ ...hit, list: rule, itemId: hit.entryId, itemKind: 'hashes', category: '' }))
  return decide({ hits, pictures: [{}], usablePictures: 1, undecided: [], remarks: [], holdNotDistinctive: false, undecidedVerdict: 'hold' }).verdict
}

function idsFrom (first: number, count: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, index) => first + index)
}

/** Turns bits, as few as needed, until every value has the weight of a true hash. */
function balanced (values: Uint8Array): Uint8Array {
  const random = randomFrom(5)
  for (let at = 0; at < values.length; at += bytes) balance(values.subarray(at, at + bytes), random)
  return values
}

function balance (value: Uint8Array, random: Random): void {
  const isSet = (bit: number): boolean => ((value[bit >>> 3] ?? 0) >>> (bit & 7) & 1) === 1
  let ones = 0
  for (let bit = 0; bit < bits; bit++) if (isSet(bit)) ones++
  while (ones !== weight) {
    const bit = Math.floor(random() * bits)
    if (isSet(bit) !== (ones > weight)) continue
    value[bit >>> 3] = (value[bit >>> 3] ?? 0) ^ (1 << (bit & 7))
    ones += ones > weight ? -1 : 1
  }
}
