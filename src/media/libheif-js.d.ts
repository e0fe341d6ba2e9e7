/** The part of libheif-js 1.23 that is used; the package has no types of its own. */
declare module 'libheif-js/wasm-bundle.js' {
  export interface HeifImage {
    get_width (): number
    get_height (): number
    is_primary (): boolean
    /** Decodes into RGBA; `null` where that fails. */
    display (target: { data: Uint8ClampedArray }, done: (target: { data: Uint8ClampedArray } | null) => void): void
    free (): void
  }
  export interface HeifDecoder {
    /** Top-level images; an empty list where the file does not parse. */
    decode (file: Uint8Array): HeifImage[]
    decoder: number | null
  }
  const libheif: {
    HeifDecoder: new () => HeifDecoder
    heif_context_free (context: number): void
  }
  export default libheif
}
