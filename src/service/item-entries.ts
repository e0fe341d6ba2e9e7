import type { Digests } from '../hash/digests.js'
import { digestAlgorithms } from '../index/hash-index.js'
import type { Fingerprint, PictureHashes, VariantHashes } from '../media/fingerprint.js'
import { isPdqUsable } from '../pipeline/search.js'
import type { ListPolicy } from '../policy/list-policy.js'
import type { ItemKind, NewEntry } from '../store/store.js'

/** What is said of a hash that is kept but not searched. */
export interface Refusal {
  index: number
  code: 'lowQuality' | 'lowWeight' | 'lowStableBits' | 'tooSmall' | 'thinned' | 'commonFrame' | 'incomplete'
  message: string
}

export interface BuiltItem {
  kind: ItemKind
  entries: NewEntry[]
  refused: Refusal[]
}

const messages: Record<Refusal['code'], string> = {
  lowQuality: 'The picture is too flat for near matching (PDQ quality); it is matched by digest only.',
  lowWeight: 'The PDQ hash is not that of a picture with content; it is kept but not searched.',
  lowStableBits: 'The picture is too flat for blockhash; it is not searched by blockhash.',
  tooSmall: 'The picture is too small for near matching; it is matched by digest only.',
  thinned: 'The video has more frames than an item may have entries; every n-th was kept.',
  commonFrame: 'The frame is on an exclusion list, or in three other items: it would match films that are not this one.',
  incomplete: 'The file could not be decoded in full; it is matched by digest and by what was decoded.'
}

export function refusal (index: number, code: Refusal['code']): Refusal {
  return { index, code, message: messages[code] }
}

export interface EntryLimits {
  pictureSideMinPx: number
  itemEntriesMax: number
  /** Frames that other material has, too: indexes into the pictures. */
  common: ReadonlySet<number>
}

export function digestEntries (digests: Digests): NewEntry[] {
  return digestAlgorithms.map(algorithm => ({ algorithm, value: digests[algorithm], variant: 'whole', matchable: true }))
}

/** The entries of known material: digests, and what can be searched of its pictures. */
export function entriesOf (fingerprint: Fingerprint, policy: ListPolicy, limits: EntryLimits): BuiltItem {
  const { digests, media, pictures } = fingerprint
  const entries = digestEntries(digests)
  const refused = fingerprint.undecided.map(() => refusal(0, 'incomplete'))
  const room = Math.max(1, limits.itemEntriesMax - entries.length)
  const candidates = pictures.reduce((sum, picture) => sum + picture.variants.length * 2, 0)
  const stride = Math.max(1, Math.ceil(candidates / room))
  if (stride > 1) refused.push(refusal(0, 'thinned'))
  pictures.forEach((picture, index) => {
    if (index % stride !== 0) return
    if (limits.common.has(index)) {
      refused.push(refusal(index, 'commonFrame'))
      return
    }
    if (Math.min(picture.native.width, picture.native.height) < limits.pictureSideMinPx) {
      refused.push(refusal(index, 'tooSmall'))
      return
    }
    for (const variant of picture.variants) addVariant(entries, refused, picture, variant, index, policy)
  })
  const kind = media.kind === 'other' ? 'file' : pictures.some(picture => picture.timeS !== undefined) ? 'video' : 'image'
  return { kind, entries, refused }
}

/** Failing variants are skipped silently; only a failing whole is said. */
function addVariant (entries: NewEntry[], refused: Refusal[], picture: PictureHashes, hashes: VariantHashes, index: number, policy: ListPolicy): void {
  const { variant, pdq, pdqQuality, blockhash, stableBits } = hashes
  const time = picture.timeS === undefined ? {} : { timeS: picture.timeS }
  if (isPdqUsable(pdq, pdqQuality, policy.pdqQualityMin)) {
    entries.push({ algorithm: 'pdq', value: pdq, variant, matchable: true, quality: pdqQuality, ...time })
  } else if (variant === 'whole') refused.push(refusal(index, 'lowQuality'))
  if (blockhash === undefined || stableBits === undefined) return
  if (stableBits >= policy.stableBitsMin) {
    entries.push({ algorithm: 'blockhash', value: blockhash, variant, matchable: true, stableBits, ...time })
  } else if (variant === 'whole') refused.push(refusal(index, 'lowStableBits'))
}
