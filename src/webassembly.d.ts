/** The part of the JavaScript API of WebAssembly that is used here; the Node types leave it to the DOM library, which we do not want. */
declare namespace WebAssembly {
  class Memory {
    constructor (descriptor: { initial: number, maximum: number, shared: true })
    readonly buffer: SharedArrayBuffer
  }
  /** What a module makes for itself. */
  interface OwnMemory {
    /** Another one after it has grown. */
    readonly buffer: ArrayBuffer
    /** @param pages of 64 KiB */
    grow (pages: number): void
  }
  class Module {
    constructor (bytes: Uint8Array)
  }
  class Instance {
    constructor (module: Module, imports?: { env: { memory: Memory } })
    readonly exports: Record<string, unknown>
  }
}
