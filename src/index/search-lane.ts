import { hLaneFlags, hLanes, laneBytes, lanesMax } from './kernel/layout.js'
import { readHeader } from './part.js'

/** A lane's flag: 0 when it was never used, 1 when it is free, else the second in which it was taken. */
const free = 1
/** How long to sleep between two looks when every lane is taken. */
const waitMs = 1
/** A search takes milliseconds: a lane taken so long ago belongs to a thread that was ended in the middle of one. */
const abandonedAfterS = 60

/** The present second as a flag. */
function takenNow (): number {
  return (Date.now() / 1_000 & 0x3fffffff) + 2
}

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
      const lane = this.#tryTake(false) ?? this.#tryTake(true)
      if (lane !== undefined) return this.#first + lane * laneBytes
      Atomics.wait(this.#flags, 0, Atomics.load(this.#flags, 0), waitMs)
    }
  }

  give (start: number): void {
    Atomics.store(this.#flags, (start - this.#first) / laneBytes, free)
  }

  #tryTake (abandonedToo: boolean): number | undefined {
    const now = takenNow()
    for (let lane = 0; lane < lanesMax; lane++) {
      const seen = Atomics.load(this.#flags, lane)
      const mayTake = seen <= free || (abandonedToo && Math.abs(now - seen) > abandonedAfterS)
      if (mayTake && Atomics.compareExchange(this.#flags, lane, seen, now) === seen) return lane
    }
    return undefined
  }
}
