import fc from 'fast-check'
import { test } from 'tap'
import { KeersluisError } from '../errors.js'
import { generatedPicture } from './generated-picture.test-support.js'
import { axisFilter, filteredSide, type AxisFilter } from './pdq-filter.js'
import { RasterKernel, blocksPerSide, type Stretch } from './raster-kernel.js'
import type { Raster } from './raster.js'

const kernel = new RasterKernel()
const side = fc.integer({ min: 1, max: 140 })
const seed = fc.integer({ min: 1, max: 10_000 })
const channels = fc.constantFrom(1 as const, 3 as const)

function levels ({ data, width, channels }: Raster, x: number, y: number): [number, number, number] {
  const at = (y * width + x) * channels
  return channels === 1 ? [data[at] ?? 0, data[at] ?? 0, data[at] ?? 0] : [data[at] ?? 0, data[at + 1] ?? 0, data[at + 2] ?? 0]
}

function luminance (raster: Raster, x: number, y: number): number {
  const [red, green, blue] = levels(raster, x, y)
  return (299 * red + 587 * green + 114 * blue) / 1000
}

/** Every sample as the plain double sum. */
function filtered (raster: Raster, across: AxisFilter, down: AxisFilter): number[] {
  const { width, height } = raster
  return Array.from({ length: filteredSide * filteredSide }, (_, k) => {
    const [i, j] = [Math.floor(k / filteredSide), k % filteredSide]
    let sum = 0
    for (let v = 0; v < down.taps; v++) {
      for (let u = 0; u < across.taps; u++) {
        const [x, y] = [(across.starts[j] ?? 0) + u, (down.starts[i] ?? 0) + v]
        if (x < width && y < height) sum += (across.weights[j * across.stride + u] ?? 0) * (down.weights[i * down.stride + v] ?? 0) * luminance(raster, x, y)
      }
    }
    return sum
  })
}

/** The two-dimensional cosine transform (type II) as the plain double sum. */
function coefficient (samples: readonly number[], vertical: number, horizontal: number): number {
  const cosine = (frequency: number, place: number): number => Math.cos(Math.PI / (2 * filteredSide) * frequency * (2 * place + 1))
  const sum = samples.reduce((total, value, k) => total + value * cosine(vertical, Math.floor(k / filteredSide)) * cosine(horizontal, k % filteredSide), 0)
  return sum * 2 / filteredSide
}

const filterOf = (rasterLength: number, native: number, mirrored: boolean): AxisFilter => axisFilter({ native, from: 0, span: rasterLength, rasterLength, mirrored })

test('the kernel filters and transforms as plain sums do', t => {
  const native = fc.integer({ min: 5, max: 3000 })
  fc.assert(fc.property(side, side, seed, channels, native, native, fc.boolean(), (width, height, s, c, nativeWidth, nativeHeight, mirrored) => {
    const raster = generatedPicture(width, height, s, c)
    const [across, down] = [filterOf(width, nativeWidth, mirrored), filterOf(height, nativeHeight, false)]
    kernel.read(raster).filter(across, down)
    const expected = filtered(raster, across, down)
    const coefficients = kernel.coefficients()
    for (const [vertical, horizontal] of [[1, 1], [1, 16], [16, 1], [2, 7], [9, 4], [16, 16]] as const) {
      const found = coefficients[(vertical - 1) * 16 + horizontal - 1] ?? Number.NaN
      t.ok(Math.abs(found - coefficient(expected, vertical, horizontal)) < 1e-8, `${vertical} ${horizontal} of ${width} x ${height}`)
    }
    const percent = (a = 0, b = 0): number => Math.abs(a - b) * 100 / 255
    const steps = expected.flatMap((value, k) => [...(k % filteredSide < filteredSide - 1 ? [percent(value, expected[k + 1])] : []), ...(k < filteredSide * (filteredSide - 1) ? [percent(value, expected[k + filteredSide])] : [])])
    // A step that is all but a whole percent may be cut to either.
    const unsure = steps.filter(step => Math.abs(step - Math.round(step)) < 1e-9).length
    t.ok(Math.abs(kernel.contrast() - steps.reduce((sum, step) => sum + Math.floor(step), 0)) <= unsure, `contrast of ${width} x ${height}`)
  }), { numRuns: 60, seed: 1 })
  t.end()
})

test('the kernel sums blocks as plain sums do', t => {
  const share = fc.double({ min: 0.01, max: 1, noNaN: true })
  const stretch = (length: number) => fc.tuple(fc.integer({ min: 0, max: length }), fc.integer({ min: 0, max: length }), fc.option(share, { nil: 0 }), fc.option(share, { nil: 0 }))
    .map(([a, b, before, after]): Stretch => ({ start: Math.min(a, b), end: Math.max(a, b), before, after }))
  const stretches = (length: number) => fc.array(stretch(length), { minLength: blocksPerSide, maxLength: blocksPerSide })
  const raster = fc.record({ width: side, height: side, s: seed, c: channels }).map(({ width, height, s, c }) => generatedPicture(width, height, s, c))
  fc.assert(fc.property(raster.chain(one => fc.tuple(fc.constant(one), stretches(one.width), stretches(one.height))), ([one, across, down]) => {
    /** The lines that a stretch reads, each with its share; a line beyond the edge is the last one. */
    const lines = ({ start, end, before, after }: Stretch, length: number): Array<[number, number]> => [
      [Math.max(0, start - 1), before], ...Array.from({ length: end - start }, (_, k): [number, number] => [start + k, 1]), [Math.min(length - 1, end), after]
    ]
    const found = kernel.read(one).blockSums(across, down)
    let worst = 0
    down.forEach((vertical, i) => across.forEach((horizontal, j) => {
      let expected = 0
      for (const [y, ofRow] of lines(vertical, one.height)) {
        for (const [x, ofColumn] of lines(horizontal, one.width)) expected += ofRow * ofColumn * levels(one, x, y).reduce((sum, level) => sum + level, 0)
      }
      worst = Math.max(worst, Math.abs((found[i * blocksPerSide + j] ?? Number.NaN) - expected))
    }))
    t.ok(worst < 1e-6, `${one.width} x ${one.height}`)
  }), { numRuns: 30, seed: 1 })
  t.end()
})

test('a larger raster makes the memory grow, and a smaller one after it has nothing of it', t => {
  const own = new RasterKernel()
  const small = generatedPicture(33, 21, 1)
  const filters = [filterOf(33, 33, false), filterOf(21, 21, false)] as const
  own.read(small).filter(...filters)
  const before = own.coefficients()
  own.read(generatedPicture(1100, 900, 2)).filter(filterOf(1100, 1100, false), filterOf(900, 900, false))
  own.read(small).filter(...filters)
  t.same(own.coefficients(), before)
  t.throws(() => new RasterKernel().raster, KeersluisError)
  t.throws(() => own.read({ ...small, width: 34 }), KeersluisError)
  t.end()
})
