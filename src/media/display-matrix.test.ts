import { test } from 'tap'
import { orientationOfMatrix } from './display-matrix.js'

test('display matrices', async t => {
  const matrix = (a: number, b: number, c: number, d: number): Uint8Array => new Uint8Array(Int32Array.of(a, b, 0, c, d, 0, 0, 0, 2 ** 14).map(value => value * 65536).buffer)
  const cases: Array<[number, number, number, number, number]> = [
    [1, 0, 0, 1, 1], [-1, 0, 0, 1, 2], [-1, 0, 0, -1, 3], [1, 0, 0, -1, 4], [0, 1, 1, 0, 5], [0, 1, -1, 0, 6], [0, -1, -1, 0, 7], [0, -1, 1, 0, 8]
  ]
  for (const [a, b, c, d, orientation] of cases) t.equal(orientationOfMatrix(matrix(a, b, c, d)), orientation)
  t.equal(orientationOfMatrix(new Uint8Array(3)), 1)
})
