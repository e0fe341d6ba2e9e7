/** Values and queries for the index bench: made up, deterministic, from the friendly to the awkward. */
export const dataKinds = ['uniform', 'pdq', 'blockhash'] as const
export type DataKind = typeof dataKinds[number]

const bytes = 32
const bits = 256

/** 32-bit numbers of a fixed sequence (xorshift128, Marsaglia 2003). */
export function randomWords (seed: number): () => number {
  let [x, y, z, w] = [seed | 1, 362_436_069, 521_288_629, 88_675_123]
  return () => {
    const t = x ^ (x << 11)
    x = y
    y = z
    z = w
    w = (w ^ (w >>> 19) ^ t ^ (t >>> 8)) | 0
    return w >>> 0
  }
}

type Random = () => number
type Fill = (out: Uint8Array, random: Random) => void

export function turnBits (value: Uint8Array, flips: number, random: Random): void {
  const turned = new Set<number>()
  while (turned.size < flips) turned.add(random() % bits)
  for (const bit of turned) value[bit >>> 3] = (value[bit >>> 3] ?? 0) ^ (1 << (bit & 7))
}

function setBits (out: Uint8Array, isSet: (bit: number) => boolean): void {
  out.fill(0)
  for (let bit = 0; bit < bits; bit++) if (isSet(bit)) out[bit >>> 3] = (out[bit >>> 3] ?? 0) | (1 << (bit & 7))
}

const uniform: Fill = (out, random) => {
  for (let i = 0; i < bytes; i++) out[i] = random() & 255
}

/** A number between -1 and 1. */
const centred = (random: Random): number => random() / 2 ** 31 - 1

/** Fixed weights of `count` patterns over the 256 bits. */
function patterns (count: number, weight: (pattern: number, bit: number) => number): Float32Array {
  return Float32Array.from({ length: count * bits }, (_, i) => weight(Math.floor(i / bits), i % bits))
}

/** A random mix of patterns, with `noise` of its own for each bit, cut at its mean. */
function mixed (weights: Float32Array, noise: number): Fill {
  const count = weights.length / bits
  const field = new Float32Array(bits)
  return (out, random) => {
    for (let bit = 0; bit < bits; bit++) field[bit] = noise * centred(random)
    for (let pattern = 0; pattern < count; pattern++) {
      const share = centred(random)
      const at = pattern * bits
      for (let bit = 0; bit < bits; bit++) field[bit] = (field[bit] ?? 0) + share * (weights[at + bit] ?? 0)
    }
    setBits(out, (bit) => (field[bit] ?? 0) > 0)
  }
}

const side = 16
const waves = 7

/**
 * A random mix of low waves over a 16 x 16 grid: neighbouring blocks of a picture go together. Each wave is one across times one
 * down, so they are added up in one direction and then in the other.
 */
function smooth (): Fill {
  const wave = Float64Array.from({ length: waves * side }, (_, i) => Math.cos(Math.PI * Math.floor(i / side) * (i % side + 0.5) / side))
  const weight = Float64Array.from({ length: waves * waves }, (_, i) => 1 / Math.hypot(1, Math.floor(i / waves), i % waves))
  const column = new Float64Array(side)
  const field = new Float64Array(bits)
  const addWave = (out: Float64Array, from: number, frequency: number, share: number): void => {
    for (let i = 0; i < side; i++) out[from + i] = (out[from + i] ?? 0) + share * (wave[frequency * side + i] ?? 0)
  }
  return (out, random) => {
    field.fill(0)
    for (let across = 0; across < waves; across++) {
      column.fill(0)
      for (let down = 0; down < waves; down++) {
        if (across + down > 0) addWave(column, 0, down, centred(random) * (weight[across * waves + down] ?? 0))
      }
      for (let y = 0; y < side; y++) addWave(field, y * side, across, column[y] ?? 0)
    }
    setBits(out, (bit) => (field[bit] ?? 0) > 0)
  }
}

/** Flat pictures, halves, stripes and rectangles, with up to three bits turned. */
const degenerate: Fill = (out, random) => {
  const [left, top, right, bottom] = [random() % 8, random() % 8, 8 + random() % 8, 8 + random() % 8]
  const kinds: Array<(bit: number) => boolean> = [
    () => false, () => true, (bit) => bit < 128, (bit) => bit % 16 < 8, (bit) => bit % 2 === 0, (bit) => (bit >>> 4) % 2 === 0,
    (bit) => bit % 16 >= left && bit % 16 < right && bit / 16 >= top && bit / 16 < bottom
  ]
  setBits(out, kinds[random() % kinds.length] ?? (() => false))
  turnBits(out, random() % 4, random)
}

interface Model {
  fresh: Fill
  /** Shares of values near an earlier one, and of degenerate ones, in percent. */
  nearPercent: number
  degeneratePercent: number
}

function modelOf (kind: DataKind): Model {
  if (kind === 'uniform') return { fresh: uniform, nearPercent: 0, degeneratePercent: 0 }
  if (kind === 'blockhash') return { fresh: smooth(), nearPercent: 30, degeneratePercent: 3 }
  const random = randomWords(77)
  return { fresh: mixed(patterns(4, () => centred(random)), 1.5), nearPercent: 20, degeneratePercent: 1 }
}

/** `count` values of 32 bytes, one after the other. */
export function makeValues (kind: DataKind, count: number): Uint8Array {
  const random = randomWords(1)
  const { fresh, nearPercent, degeneratePercent } = modelOf(kind)
  const values = new Uint8Array(count * bytes)
  for (let i = 0; i < count; i++) {
    const out = values.subarray(i * bytes, (i + 1) * bytes)
    const draw = random() % 100
    if (i > 0 && draw < nearPercent) {
      const near = random() % i
      out.set(values.subarray(near * bytes, (near + 1) * bytes))
      turnBits(out, random() % 32, random)
    } else if (draw >= 100 - degeneratePercent) {
      degenerate(out, random)
    } else {
      fresh(out, random)
    }
  }
  return values
}

/** Half of them fresh, 30 % within 31 bits of a value, 20 % at 32 to 51 bits; for picture-like data 2 % degenerate. */
export function makeQueries (kind: DataKind, values: Uint8Array, count: number): Uint8Array[] {
  const random = randomWords(99)
  const { fresh, degeneratePercent } = modelOf(kind)
  return Array.from({ length: count }, (_, i) => {
    const out = new Uint8Array(bytes)
    const draw = i % 10
    if (degeneratePercent > 0 && i % 50 === 49) {
      degenerate(out, random)
    } else if (draw < 5) {
      fresh(out, random)
    } else {
      const near = random() % (values.length / bytes)
      out.set(values.subarray(near * bytes, (near + 1) * bytes))
      turnBits(out, draw < 8 ? random() % 32 : 32 + random() % 20, random)
    }
    return out
  })
}
