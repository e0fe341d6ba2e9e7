import type { Algorithm } from '../index/hash-index.js'
import type { ItemKind } from './store.js'

/** The small numbers that stand in the database for names. They are written in files: never change one, only add. */
export const algorithmCodes: Record<Algorithm, number> = { md5: 1, sha1: 2, sha256: 3, pdq: 4, blockhash: 5 }
export const itemKindCodes: Record<ItemKind, number> = { image: 1, video: 2, file: 3, hashes: 4 }

const algorithmNames = names(algorithmCodes)
const itemKindNames = names(itemKindCodes)

/** @throws Error for a code that no version of the store wrote */
export function algorithmOf (code: number): Algorithm {
  return known(algorithmNames.get(code))
}

/** @throws Error for a code that no version of the store wrote */
export function itemKindOf (code: number): ItemKind {
  return known(itemKindNames.get(code))
}

function names<Name extends string> (codes: Record<Name, number>): Map<number, Name> {
  return new Map((Object.keys(codes) as Name[]).map(name => [codes[name], name]))
}

function known<T> (name: T | undefined): T {
  if (name === undefined) throw new Error('The store holds a code that this version does not know.')
  return name
}
