import { planFlips } from './flip-plan.js'
import type { FlipPlan, FlipPlanner, SearchTables } from './flip-plan.js'
import { radiusMax } from './hash-index.js'
import { instantiateKernel } from './kernel-instance.js'
import type { Kernel } from './kernel-instance.js'
import {
  hRows, hSparse, hTable, hTables, lBit, lFlips, lHeap, lHits, lHitsMax, lQuery, lStopAtFirst, lWanted, laneHitsMax, tWidth, tableBytes
} from './kernel/layout.js'
import { readHeader } from './part.js'
import { hitKey } from './part-reader.js'
import type { PartReader } from './part-reader.js'
import type { Part } from './part.js'
import { SearchLanes } from './search-lane.js'

/** For a few words this is several times as fast as `TypedArray.set`. */
function copyWords (from: Uint32Array | Int32Array, to: Uint32Array, at: number): void {
  for (let i = 0; i < from.length; i++) to[at + i] = from[i] ?? 0
}

/** Searches one part of perceptual hashes; queries are permuted already. */
export class PerceptualReader implements PartReader {
  readonly #kernel: Kernel
  readonly #lanes: SearchLanes
  readonly #words: Uint32Array
  readonly #planner: FlipPlanner
  readonly #tables: SearchTables
  readonly #rows: number
  readonly #plans: Array<FlipPlan | undefined> = new Array<FlipPlan | undefined>(radiusMax + 1)

  constructor (part: Part, module: WebAssembly.Module, planner: FlipPlanner = planFlips) {
    const { memory } = part
    this.#kernel = instantiateKernel(module, memory)
    this.#lanes = new SearchLanes(memory)
    this.#words = new Uint32Array(memory.buffer)
    this.#rows = readHeader(memory, hRows)
    this.#planner = planner
    this.#tables = {
      bucketWidths: Array.from({ length: readHeader(memory, hTables) }, (_, i) => readHeader(memory, hTable + i * tableBytes + tWidth)),
      sparse: readHeader(memory, hSparse) !== 0
    }
  }

  search (query: Uint32Array, radius: number, hitsMax: number, stopAtFirst: boolean, keys: number[]): void {
    const lane = this.#lanes.take()
    try {
      this.#run(lane, query, radius, hitsMax, stopAtFirst, 0)
      const found = this.#words[(lane + lHits) / 4] ?? 0
      for (let at = (lane + lHeap) / 4, i = 0; i < found; i++, at += 2) {
        keys.push(hitKey(this.#words[at] ?? 0, this.#words[at + 1] ?? 0))
      }
    } finally {
      this.#lanes.give(lane)
    }
  }

  locate (query: Uint32Array, entryId: number): number | undefined {
    const lane = this.#lanes.take()
    try {
      this.#run(lane, query, 0, 1, true, entryId)
      return this.#words[(lane + lHits) / 4] === 1 ? this.#words[(lane + lBit) / 4] : undefined
    } finally {
      this.#lanes.give(lane)
    }
  }

  #run (lane: number, query: Uint32Array, radius: number, hitsMax: number, stopAtFirst: boolean, wanted: number): void {
    const words = this.#words
    copyWords(query, words, (lane + lQuery) / 4)
    words[(lane + lHitsMax) / 4] = Math.min(hitsMax, laneHitsMax)
    words[(lane + lStopAtFirst) / 4] = stopAtFirst ? 1 : 0
    words[(lane + lWanted) / 4] = wanted
    const plan = this.#tables.bucketWidths.length === 0 ? undefined : this.#planFor(radius)
    if (plan?.useTables === true) {
      copyWords(plan.flips, words, (lane + lFlips) / 4)
      this.#kernel.search(0, lane, radius, plan.candidatesMax)
    } else {
      this.#kernel.scan(0, lane, radius)
    }
  }

  #planFor (radius: number): FlipPlan {
    const plan = this.#plans[radius] ?? this.#planner(this.#tables, this.#rows, radius)
    this.#plans[radius] = plan
    return plan
  }
}
