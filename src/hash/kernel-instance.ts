import { readFileSync } from 'node:fs'

/** What `kernel/` exports. Pointers are bytes from the start of its memory. */
export interface HashKernel {
  memory: WebAssembly.OwnMemory
  blurAcross (pixels: number, width: number, height: number, starts: number, stride: number, weights: number, row: number, rows: number): void
  blurDown (rows: number, starts: number, taps: number, stride: number, weights: number, filtered: number): void
  contrast (filtered: number): number
  dct (filtered: number, cosines: number, scratch: number, coefficients: number): void
  blockSums (pixels: number, width: number, height: number, across: number, down: number, row: number, sums: number): void
}

/** Compiled once for a thread, as the rest of its code is. */
const module = new WebAssembly.Module(readFileSync(new URL('./kernel/kernel.wasm', import.meta.url)))

/** A kernel with a memory of its own. */
export function instantiateHashKernel (): HashKernel {
  return new WebAssembly.Instance(module).exports as unknown as HashKernel
}
