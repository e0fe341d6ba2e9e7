import { DigestTable } from './digest-table.js'
import type { Algorithm } from './hash-index.js'
import { RowBlock } from './row-block.js'
import { isDigest } from './search-input.js'

/** A part that takes entries one by one, from one thread. */
export type GrowingPart = RowBlock | DigestTable

export function growingPart (algorithm: Algorithm, rowsMax: number): GrowingPart {
  return isDigest(algorithm) ? new DigestTable(algorithm, rowsMax) : new RowBlock(algorithm, rowsMax)
}
