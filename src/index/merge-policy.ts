/** A part as the policy sees it. */
export interface MergeCandidate {
  /** Live entries. */
  entries: number
  /** Entries that are unfindable but still take room. */
  buried: number
}

/**
 * A segment joins a merge when it is at most this many times as large as what is merged already: so segments grow in steps of
 * about this factor, there are only a few of them, and an entry is copied once for each step.
 */
const growthFactor = 8

/** A segment with a larger share of buried entries is rewritten. */
const buriedShareMax = 0.25

/** Below this many buried entries, a rewrite is not worth it. */
const buriedEntriesMin = 1_024

/** Each saved snapshot leaves a block behind, and each block costs every search a little: beyond so many they are merged. */
const blocksMax = 8

function isWasteful ({ entries, buried }: MergeCandidate): boolean {
  return buried >= buriedEntriesMin && buried > buriedShareMax * (entries + buried)
}

/**
 * Which segments to merge with the `pending` blocks (log-structured merge, O'Neil et al. 1996): their numbers in `segments`, or
 * undefined when there is nothing to do yet.
 */
export function chooseMerge (segments: readonly MergeCandidate[], pending: readonly MergeCandidate[], pendingEntriesMax: number): number[] | undefined {
  const waiting = pending.reduce((sum, block) => sum + block.entries + block.buried, 0)
  const due = waiting >= pendingEntriesMax || pending.length > blocksMax || segments.some(isWasteful)
  if (!due) return undefined
  const bySize = segments.map((segment, i) => ({ ...segment, i })).sort((a, b) => a.entries - b.entries)
  let merged = waiting
  const chosen: number[] = []
  for (const segment of bySize) {
    if (!isWasteful(segment) && segment.entries > growthFactor * merged) continue
    chosen.push(segment.i)
    merged += segment.entries
  }
  return chosen
}
