import { hLaneFlags, hLanes, laneBytes, lanesMax } from './kernel/layout.js'
import { readHeader } from './part.js'

/** A lane that was never used is 0. */
const busy = 1
const free = 2
/** How long to sleep between two looks when every lane is taken. */
const waitMs = 1

/**
 * The scratch areas of one part. WebAssembly sees one memory only, so a search works inside the part that it searches; each
 * search that runs at the same time has a lane of its own.
 */
export class SearchLanes {
  readonly #flags: Int32Array
  readonly #first: number

  constructor (memory: WebAssembly.Memory) {
    this.#flags = new Int32Array(memory.buffer, readHeader(memory, hLaneFlags), lanesMax)
    this.#first = readHeader(memory, hLanes)
  }

  /** Takes a lane for this thread and returns where it starts. Waits while more than `lanesMax` threads search this part. */
  take (): number {
    for (;;) {
      for (let lane = 0; lane < lanesMax; lane++) {
        const seen = Atomics.load(this.#flags, lane)
        if (seen !== busy && Atomics.compareExchange(this.#flags, lane, seen, busy) === seen) return this.#first + lane * laneBytes
      }
      Atomics.wait(this.#flags, 0, busy, waitMs)
    }
  }

  give (start: number): void {
    Atomics.store(this.#flags, (start - this.#first) / laneBytes, free)
  }
}
