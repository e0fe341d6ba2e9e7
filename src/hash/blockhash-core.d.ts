declare module 'blockhash-core' {
  interface ImageData {
    data: Uint8Array | Uint8ClampedArray
    width: number
    height: number
  }

  /** RGBA pixels to `bits * bits` bits as hex text. */
  export function bmvbhash (image: ImageData, bits: number): string
}
