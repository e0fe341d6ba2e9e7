/** A generator of numbers that follow from `seed` (xorshift32), so that a failing test fails again. */
export function randomWords (seed: number): () => number {
  let state = (seed * 2 + 1) | 0
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return state >>> 0
  }
}

export function randomValue (random: () => number): Uint8Array {
  return new Uint8Array(Uint32Array.from({ length: 8 }, random).buffer)
}

/** The value with `flips` different random bits turned. */
export function turned (value: Uint8Array, flips: number, random: () => number): Uint8Array {
  const copy = Uint8Array.from(value)
  const bits = new Set<number>()
  while (bits.size < flips) bits.add(random() % 256)
  for (const bit of bits) copy[bit >>> 3] = (copy[bit >>> 3] ?? 0) ^ (1 << (bit & 7))
  return copy
}

export function bitDistance (a: Uint8Array, b: Uint8Array): number {
  let distance = 0
  a.forEach((byte, i) => { for (let rest = byte ^ (b[i] ?? 0); rest !== 0; rest &= rest - 1) distance++ })
  return distance
}

/** Sets of 256-bit values, from the friendly to the degenerate. */
export const valueKinds: Record<string, (count: number, random: () => number) => Uint8Array[]> = {
  uniform: (count, random) => Array.from({ length: count }, () => randomValue(random)),
  equal: (count, random) => new Array<Uint8Array>(count).fill(randomValue(random)),
  constant: (count, random) => Array.from({ length: count }, (_, i) => turned(new Uint8Array(32).fill(i % 2 === 0 ? 0 : 255), random() % 4, random)),
  striped: (count, random) => Array.from({ length: count }, (_, i) => turned(new Uint8Array(32).fill(i % 2 === 0 ? 0x0f : 0xaa), random() % 20, random)),
  clustered: (count, random) => {
    const centres = Array.from({ length: 5 }, () => randomValue(random))
    return Array.from({ length: count }, () => turned(centres[random() % 5] ?? new Uint8Array(32), random() % 66, random))
  },
  duplicated: (count, random) => {
    const some = Array.from({ length: Math.ceil(count / 3) }, () => randomValue(random))
    return Array.from({ length: count }, () => some[random() % some.length] ?? new Uint8Array(32))
  }
}

/** What a writer says of an entry: there from when its `add` returned until its `remove` begins, gone from when that returned. */
export const entryStates = { unknown: 0, there: 1, gone: 2 }
