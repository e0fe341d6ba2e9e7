import { readFileSync } from 'node:fs'

/** What `kernel/` exports, over one part's memory. Pointers are bytes from the start of it. */
export interface Kernel {
  search (base: number, lane: number, radius: number, candidatesMax: number): void
  scan (base: number, lane: number, radius: number): void
  collapse (heads: number, tails: number, count: number, rowOf: number, slots: number, slotsLog2: number): number
  share (base: number, count: number, rowOf: number, entryIds: number, cursors: number, out: number): number
  buildPlain (base: number, table: number, out: number): number
  buildSparse (base: number, table: number, out: number): number
  permute (table: number, value: number, out: number): void
  xxh64 (start: number, bytes: number): bigint
}

/**
 * Compiles the kernel; a thread does this once.
 * @throws when the file is missing (the build did not run) or the engine lacks SIMD or threads.
 */
export function compileKernel (): WebAssembly.Module {
  return new WebAssembly.Module(readFileSync(new URL('./kernel/kernel.wasm', import.meta.url)))
}

export function instantiateKernel (module: WebAssembly.Module, memory: WebAssembly.Memory): Kernel {
  return new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as Kernel
}
