import type { DataKind } from './data.js'
import type { Times } from './timing.js'

/** One data set searched at one radius. Times that could not be taken are NaN. */
export interface SearchFigures {
  kind: DataKind
  count: number
  radius: number
  own: Times
  meanHits: number
  /** The same search over the same tables in C++. */
  nativeP50Us: number
  /** Memory that it had in huge pages: the system grants them as it can, and the floor lies lower where it does. */
  nativeHugePagesMb: number
  /** Comparing every row with the product's own kernel. */
  linear: Times
  /** Comparing every row in C++. */
  avx2P50Us: number
  avx512P50Us: number
  /** Share of queries whose whole answer, order and all, equals that of comparing every row. */
  recall: number
}

/** One data set as a whole. */
export interface SetFigures {
  kind: DataKind
  count: number
  importS: number
  buildS: number
  bytesPerHash: number
  saveS: number
  start: { medianS: number, firstS: number, coldS: number }
  sqliteReadS: number
  imageCheckUs: number
  onePerSecond: number
  twoPerSecond: number
  /** Two threads against one, each for the processor time that it got. */
  twoToOne: number
  insertP50Us: number
  insertP99Us: number
  insertMaxUs: number
  merges: number
}

export interface PeerFigures {
  kind: DataKind
  count: number
  p50Us: number
  p99Us: number
  recall: number
  buildS: number
}

/** A hash list through the command line into a gate of its own. */
export interface GateFigures {
  lines: number
  /** The gate ran meanwhile; the command opened the store itself. */
  runningS: number
  stoppedS: number
  /** The slowest answer to a check of one hash that was sent now and then meanwhile. */
  checkMsMax: number
  /** Until the search tables are built. */
  settledS: number
  residentMbMax: number
  residentMb: number
  storeMb: number
  snapshotMb: number
  repeatS: number
  /** Lines of the sample that were blocked: as they are, with eight bits turned, and after each start. */
  found: number
  asked: number
  /** From the call to the answer: an item off the list and on again. */
  removeMs: number
  addMs: number
  /** From the start of the process until it listens and has answered one check: after a kill, and without a snapshot. */
  killedStartS: number
  storeStartS: number
}

export interface IndexFigures {
  searches: SearchFigures[]
  sets: SetFigures[]
  peers: PeerFigures[]
  gates: GateFigures[]
}
