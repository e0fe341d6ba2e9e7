import { hImageBytes, hLaneFlags, hLanes, hRows, hSlotsLog2, headerBytes, laneBytes, lanesMax } from './kernel/layout.js'
import { readHeader } from './part.js'
import type { Part } from './part.js'

/** A row of a block: 256 bits, an entry id and the next equal row. */
const blockRowBytes = 40

/** Bytes of memory that a part holds. Pages that were never written (room for rows, lanes of threads that do not exist) take none. */
export function heldBytes ({ memory, kind }: Part): number {
  const imageBytes = readHeader(memory, hImageBytes)
  const lanes = readHeader(memory, hLanes)
  const flags = new Int32Array(memory.buffer, readHeader(memory, hLaneFlags), lanesMax)
  const filled = kind === 'rows' ? headerBytes + blockRowBytes * readHeader(memory, hRows) + 4 * 2 ** readHeader(memory, hSlotsLog2) : imageBytes
  return filled + (lanes - imageBytes) + laneBytes * flags.filter((flag) => flag !== 0).length
}
