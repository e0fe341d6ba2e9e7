/** Random numbers from 0 up to 1 that a seed fixes (mulberry32 of T. Ettinger, public domain). */
export type Random = () => number

export function randomFrom (seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** About normal with deviation 1: the sum of twelve uniform numbers. */
export function bell (random: Random): number {
  let sum = -6
  for (let i = 0; i < 12; i++) sum += random()
  return sum
}

/** A seed that a text fixes, so that a picture keeps its edits when others come or go. */
export function seedOf (text: string): number {
  let seed = 2166136261
  for (const letter of text) seed = Math.imul(seed ^ (letter.codePointAt(0) ?? 0), 16777619)
  return seed >>> 0
}
