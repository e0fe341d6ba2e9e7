/** The part of the JavaScript API of WebAssembly that this room uses; the Node types leave it to the DOM library, which we do not want. */
declare namespace WebAssembly {
  class Memory {
    constructor (descriptor: { initial: number, maximum: number, shared: true })
    readonly buffer: SharedArrayBuffer
  }
  class Module {
    constructor (bytes: Uint8Array)
  }
  class Instance {
    constructor (module: Module, imports: { env: { memory: Memory } })
    readonly exports: Record<string, unknown>
  }
}
