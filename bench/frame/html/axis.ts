/** Where values lie along an axis: [0, 1] from its start to its end. */
export interface Axis {
  ticks: readonly number[]
  at (value: number): number
}

/**
 * An axis from 0 or below to a round number above all values.
 * @param ticksWanted about so many ticks, at 1, 2 or 5 times a power of ten
 */
export function linearAxis (values: readonly number[], ticksWanted: number): Axis {
  const [low, high] = boundsOf(values)
  const step = roundStep((high - low || 1) / ticksWanted)
  const first = Math.floor(low / step)
  const last = Math.max(first + 1, Math.ceil(high / step - 1e-9))
  const ticks = Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step)
  return { ticks, at: value => (value / step - first) / (last - first) }
}

/** An axis that ends with the last value, whether that is round or not: nothing lies beyond a full set of bins. */
export function fullAxis (values: readonly number[], ticksWanted: number): Axis {
  const [low, high] = boundsOf(values)
  const { ticks } = linearAxis(values, ticksWanted)
  return { ticks: ticks.filter(tick => tick >= low && tick <= high), at: value => (value - low) / (high - low || 1) }
}

function boundsOf (values: readonly number[]): [low: number, high: number] {
  const finite = values.filter(Number.isFinite)
  return [Math.min(0, ...finite), Math.max(0, ...finite)]
}

/** 1, 2 or 5 times a power of ten, at least `raw`. */
function roundStep (raw: number): number {
  const power = 10 ** Math.floor(Math.log10(raw))
  const factor = [1, 2, 5, 10].find(candidate => candidate * power >= raw * (1 - 1e-9)) ?? 10
  return factor * power
}

const fewTicks = 4

/**
 * A logarithmic axis that ends at 1, 2 or 5 times a power of ten; values of 0 and below have no place on it.
 * @param ticksMax beyond it, the ticks thin out to powers of ten and then to every second, third one
 */
export function logAxis (values: readonly number[], ticksMax: number): Axis {
  const positive = values.filter(value => Number.isFinite(value) && value > 0)
  const low = positive.length === 0 ? 1 : Math.min(...positive)
  const high = positive.length === 0 ? 10 : Math.max(...positive)
  const stops: number[] = []
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++) {
    for (const factor of [1, 2, 5]) stops.push(factor * 10 ** power)
  }
  const first = Math.max(0, stops.findLastIndex(stop => stop <= low * (1 + 1e-9)))
  const end = stops.findIndex((stop, i) => i > first && stop >= high * (1 - 1e-9))
  const within = stops.slice(first, end + 1)
  const [start = 1, last = 10] = [within[0], within.at(-1)]
  const span = Math.log10(last / start)
  return { ticks: thinned(within, ticksMax), at: value => Math.log10(value / start) / span }
}

function thinned (stops: readonly number[], ticksMax: number): readonly number[] {
  if (stops.length <= ticksMax) return stops
  const powers = stops.filter(stop => Math.abs(Math.log10(stop) % 1) < 1e-9)
  if (powers.length < Math.min(fewTicks, ticksMax)) return stops.filter((_, i) => i % Math.ceil(stops.length / ticksMax) === 0)
  return powers.filter((_, i) => i % Math.ceil(powers.length / ticksMax) === 0)
}

const units: ReadonlyArray<readonly [number, string]> = [[1e9, 'G'], [1e6, 'M'], [1e3, 'k']]

/** A tick's number in few characters: 20k, 1.5M, 0.001. */
export function tickText (value: number): string {
  for (const [factor, unit] of units) {
    if (Math.abs(value) >= factor) return `${Number((value / factor).toPrecision(3))}${unit}`
  }
  return Math.abs(value) < 1e-4 && value !== 0 ? value.toExponential(0) : String(Number(value.toPrecision(3)))
}
