import { KeersluisError } from '../errors.js'

const bitsPerByte = Uint8Array.from({ length: 256 }, (_, byte) => byte.toString(2).replaceAll('0', '').length)

/** Bytes of a hex text in lower or upper case; undefined when it is empty, odd in length or holds another character. */
export function hexToBytes (text: string): Uint8Array | undefined {
  // Reading ends at the first character that is none: less than half the time that a pattern takes.
  const bytes = Buffer.from(text, 'hex')
  return text === '' || bytes.length * 2 !== text.length ? undefined : new Uint8Array(bytes)
}

/** Lower-case hex text, two digits per byte, first byte first. */
export function bytesToHex (bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')
}

/** The number of one-bits. A PDQ hash of a picture with content has exactly 128 of its 256. */
export function popcount (bytes: Uint8Array): number {
  let count = 0
  for (const byte of bytes) count += bitsPerByte[byte] ?? 0
  return count
}

/**
 * The number of bits in which two hashes differ.
 * @throws KeersluisError `internal` when the lengths differ: hashes of different algorithms have no distance.
 */
export function hammingDistance (a: Uint8Array, b: Uint8Array): number {
  if (a.length !== b.length) throw new KeersluisError('internal', 'Two hashes of different lengths were compared.')
  let distance = 0
  for (let i = 0; i < a.length; i++) distance += bitsPerByte[(a[i] ?? 0) ^ (b[i] ?? 0)] ?? 0
  return distance
}
