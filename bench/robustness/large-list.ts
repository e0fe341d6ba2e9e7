import { openHashIndex } from '#keersluis/index/open.js'
import type { PictureHashes } from '#keersluis/media/fingerprint.js'
import { searchPicture, type FoundHit, type SearchPlan } from '#keersluis/pipeline/search.js'
import type { Hit, ListRule } from '#keersluis/policy/hit.js'
import { defaultListPolicy } from '#keersluis/policy/list-policy.js'
import { decide } from '#keersluis/policy/verdict.js'
import { makeValues } from '../index/data.js'
import { randomFrom, type Random } from './random.js'

const bytes = 32
const bits = 256
/** The weight of every true PDQ hash; the gate refuses others. */
const weight = 128

export interface LargeListTrial {
  entries: number
  uploads: number
  blocked: number
  held: number
  /** Median time of all searches of one upload, in milliseconds. */
  searchMs: number
}

const rule: ListRule = { name: 'large', kind: 'known', action: 'block', category: '', policy: defaultListPolicy }

/**
 * Uploads that are on no list against a list of made-up PDQ hashes, half of them random, half of them correlated as those of
 * pictures are. Items imported as bare hashes hold one entry each and have no blockhash.
 */
export async function tryLargeList (uploads: readonly PictureHashes[], entries: number, plan: SearchPlan): Promise<LargeListTrial> {
  const index = openHashIndex()
  try {
    const load = index.bulk()
    const half = Math.floor(entries / 2)
    load.addPacked({ algorithm: 'pdq', entryIds: idsFrom(1, half), values: balanced(makeValues('uniform', half)) })
    load.addPacked({ algorithm: 'pdq', entryIds: idsFrom(half + 1, entries - half), values: balanced(makeValues('pdq', entries - half)) })
    load.commit(1)
    await index.settled()
    const times: number[] = []
    const verdicts = uploads.map(picture => {
      const started = performance.now()
      const found = searchPicture(index, picture, 0, plan)
      times.push(performance.now() - started)
      return verdictOn(found)
    })
    return {
      entries,
      uploads: uploads.length,
      blocked: verdicts.filter(verdict => verdict === 'block').length,
      held: verdicts.filter(verdict => verdict === 'hold').length,
      searchMs: times.sort((a, b) => a - b)[times.length >> 1] ?? Number.NaN
    }
  } finally {
    await index.close()
  }
}

function verdictOn (found: readonly FoundHit[]): 'allow' | 'hold' | 'block' {
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
