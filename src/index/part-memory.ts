import { hImageBytes, hLaneFlags, hLanes, hRows, headerBytes, laneBytes, lanesMax } from './kernel/layout.js'
import { readHeader } from './part.js'
import type { Part } from './part.js'

/** A row of a block: 256 bits and an entry id. */
const blockRowBytes = 36

/** Bytes of memory that a part holds. Pages that were never written (room for rows, lanes of threads that do not exist) take none. */
export function heldBytes ({ memory, kind }: Part): number {
  const imageBytes = readHeader(memory, hImageBytes)
  const lanes = readHeader(memory, hLanes)
  const flags = new Int32Array(memory.buffer, readHeader(memory, hLaneFlags), lanesMax)
  const filled = kind === 'rows' ? headerBytes + blockRowBytes * readHeader(memory, hRows) : imageBytes
  return filled + (lanes - imageBytes) + laneBytes * flags.filter((flag) => flag !== 0).length
}
