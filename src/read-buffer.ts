/** With the 16 bytes of the allocator before it, to the start of a cache line that is none of the first of a page. */
const offsetBytes = 112

/**
 * Memory to read files into. It does not begin where that of `Buffer.allocUnsafeSlow` would: a large allocation lies 16 bytes
 * behind the start of a page, and AMD's Zen 3 copies a page of a file to that very place ten times more slowly than to any other
 * (a string move whose target lies up to 31 bytes further into its page than its source).
 */
export function readBuffer (bytes: number): Buffer<ArrayBuffer> {
  return Buffer.allocUnsafeSlow(offsetBytes + bytes).subarray(offsetBytes)
}
