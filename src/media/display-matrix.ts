/**
 * Exif orientation for a display matrix: nine 32-bit little-endian numbers, of which the first, second, fourth and
 * fifth turn and mirror (ISO/IEC 14496-12, 6.2.2; FFmpeg's AV_PKT_DATA_DISPLAYMATRIX). Angles between quarter turns
 * are rounded to the nearest.
 */
export function orientationOfMatrix (matrix: Uint8Array): number {
  if (matrix.length < 20) return 1
  const view = new DataView(matrix.buffer, matrix.byteOffset, matrix.byteLength)
  const at = (index: number): number => view.getInt32(index * 4, true)
  const [a, b, c, d] = [at(0), at(1), at(3), at(4)]
  const mirrored = a * d - b * c < 0
  if (Math.abs(a) >= Math.abs(b)) {
    if (mirrored) return a > 0 ? 4 : 2
    return a >= 0 ? 1 : 3
  }
  if (mirrored) return b > 0 ? 5 : 7
  return b > 0 ? 6 : 8
}
