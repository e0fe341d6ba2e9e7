/**
 * What an embedded ICC profile (ICC.1:2022) may do to a picture:
 * `plain`: brighter or darker, in other colours, which hashes hardly see;
 * `free`: anything, by tables, as profiles of printers do;
 * `disordered`: its curves fall, so that light and dark change places. No device has such a profile; it is made to have programs that heed it show another picture
 * than those that do not, and not all that heed it agree.
 */
export type ProfileKind = 'plain' | 'free' | 'disordered'

const headerBytes = 128
const tagBytes = 12
const tagsMax = 100
const curveTags = new Set(['rTRC', 'gTRC', 'bTRC', 'kTRC'])
/** How far a curve may fall in all, as a share: those that were measured are uneven. */
const fallMax = 1 / 32
const stepsOfFunction = 64

export function kindOfProfile (profile: Uint8Array): ProfileKind {
  const bytes = Buffer.from(profile.buffer, profile.byteOffset, profile.byteLength)
  if (bytes.length < headerBytes + 4) return 'free'
  const colours = bytes.toString('latin1', 16, 20)
  const count = bytes.readUInt32BE(headerBytes)
  if (!['RGB ', 'GRAY'].includes(colours) || count > tagsMax || headerBytes + 4 + count * tagBytes > bytes.length) return 'free'
  let curves = 0
  let isFree = false
  for (let at = headerBytes + 4; at < headerBytes + 4 + count * tagBytes; at += tagBytes) {
    const name = bytes.toString('latin1', at, at + 4)
    if (/^[AD]2B/.test(name)) isFree = true
    if (!curveTags.has(name)) continue
    const points = pointsOf(bytes.subarray(bytes.readUInt32BE(at + 4)))
    if (points === undefined) isFree = true
    else if (!rises(points)) return 'disordered'
    curves++
  }
  return isFree || curves === 0 ? 'free' : 'plain'
}

/** The values of a curve from black to white; `undefined` where it is none. */
function pointsOf (curve: Buffer): number[] | undefined {
  const type = curve.toString('latin1', 0, 4)
  if (curve.length < 12) return undefined
  if (type === 'para') return functionPoints(curve)
  const count = curve.readUInt32BE(8)
  if (type !== 'curv' || 12 + count * 2 > curve.length) return undefined
  // None is the identity, a single one an exponent.
  if (count < 2) return [0, 1]
  return Array.from({ length: count }, (_, index) => curve.readUInt16BE(12 + index * 2) / 65535)
}

/** A parametric curve (10.18): how many numbers each of its five types has. */
const parametersOfType = [1, 3, 4, 5, 7]

function functionPoints (curve: Buffer): number[] | undefined {
  const type = curve.readUInt16BE(8)
  const count = parametersOfType[type]
  if (count === undefined || 12 + count * 4 > curve.length) return undefined
  const [g = 1, a = 1, b = 0, c = 0, d = 0, e = 0, f = 0] = Array.from({ length: count }, (_, index) => curve.readInt32BE(12 + index * 4) / 65536)
  const from = type === 0 ? -Infinity : type < 3 ? -b / a : d
  const [added, below] = type === 2 ? [c, (): number => c] : type === 4 ? [e, (x: number): number => c * x + f] : [0, (x: number): number => type < 3 ? 0 : c * x]
  return Array.from({ length: stepsOfFunction + 1 }, (_, step) => {
    const x = step / stepsOfFunction
    return x >= from ? (a * x + b) ** g + added : below(x)
  })
}

function rises (points: readonly number[]): boolean {
  const [first = 0, last = 0] = [points[0], points.at(-1)]
  const fallen = points.reduce((sum, point, index) => sum + Math.max(0, (points[index - 1] ?? point) - point), 0)
  return last > first && fallen <= fallMax
}
