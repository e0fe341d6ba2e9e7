import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { valueBytes } from './hash-index.js'
import type { SnapshotProblem } from './hash-index.js'
import { instantiateKernel } from './kernel-instance.js'
import type { Kernel } from './kernel-instance.js'
import { hBits, hImageBytes } from './kernel/layout.js'
import { aligned, allocate, changingBytes, headerFits, readHeader, tombstonesOf } from './part.js'
import type { Part } from './part.js'
import { SnapshotRefusal, manifestFile, parseManifest, partFile, pieceBytes, sha256Of, tombstoneFile } from './snapshot-format.js'
import type { PartRecord, SnapshotManifest } from './snapshot-format.js'

export type LoadedSnapshot =
  | { parts: Part[], coveredVersion: number, lastEntryId: number, bytes: number }
  | { problem: SnapshotProblem, message: string }

function isMissing (error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}

/** Runs `read`; a file that is not there becomes a refusal with `problem`. */
function orRefuse<T> (problem: SnapshotProblem, message: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (isMissing(error)) throw new SnapshotRefusal(problem, message)
    throw error
  }
}

/** Reads an image into `memory`, piece by piece, and checks each piece at once. */
function readImage (descriptor: number, record: PartRecord, memory: WebAssembly.Memory, kernel: Kernel): void {
  const bytes = new Uint8Array(memory.buffer)
  record.pieces.forEach((checksum, piece) => {
    const start = piece * pieceBytes
    const end = Math.min(start + pieceBytes, record.imageBytes)
    for (let at = start; at < end;) {
      const got = readSync(descriptor, bytes, at, end - at, at)
      if (got === 0) throw new SnapshotRefusal('truncated', 'A part of the snapshot is shorter than its manifest says.')
      at += got
    }
    if (BigInt.asUintN(64, kernel.xxh64(start, end - start)).toString(16) !== checksum) {
      throw new SnapshotRefusal('corrupt', 'A part of the snapshot does not have its checksum.')
    }
  })
}

function readPart (folder: string, record: PartRecord, module: WebAssembly.Module): Part {
  const { id, algorithm, kind } = record
  const descriptor = orRefuse('truncated', 'A part of the snapshot is missing.', () => openSync(join(folder, partFile(id)), 'r'))
  try {
    if (fstatSync(descriptor).size !== record.imageBytes || record.pieces.length !== Math.ceil(record.imageBytes / pieceBytes)) {
      throw new SnapshotRefusal('truncated', 'A part of the snapshot does not have its length.')
    }
    const memory = allocate(aligned(record.imageBytes) + changingBytes(record.bits))
    readImage(descriptor, record, memory, instantiateKernel(module, memory))
    const sound = headerFits(memory, algorithm) && algorithm in valueBytes &&
      readHeader(memory, hBits) === record.bits && readHeader(memory, hImageBytes) === record.imageBytes
    if (!sound) throw new SnapshotRefusal('otherFormat', 'A part of the snapshot was written by another version.')
    return { id, algorithm, kind, memory }
  } finally {
    closeSync(descriptor)
  }
}

function readTombstones (folder: string, { tombstones }: SnapshotManifest, parts: readonly Part[]): void {
  const file = orRefuse('truncated', 'The tombstones of the snapshot are missing.', () => readFileSync(join(folder, tombstoneFile(tombstones.id))))
  if (file.length !== tombstones.bytes) throw new SnapshotRefusal('truncated', 'The tombstones of the snapshot do not have their length.')
  if (sha256Of(file) !== tombstones.sha256) throw new SnapshotRefusal('corrupt', 'The tombstones of the snapshot do not have their checksum.')
  let at = 0
  for (const part of parts) {
    const words = tombstonesOf(part.memory)
    new Uint8Array(words.buffer, words.byteOffset, words.byteLength).set(file.subarray(at, at + words.byteLength))
    at += words.byteLength
  }
  if (at !== file.length) throw new SnapshotRefusal('corrupt', 'The tombstones of the snapshot do not fit its parts.')
}

function load (folder: string, module: WebAssembly.Module): LoadedSnapshot {
  const text = orRefuse('missing', 'There is no snapshot.', () => readFileSync(join(folder, manifestFile), 'utf8'))
  const manifest = parseManifest(text)
  const parts = manifest.parts.map((record) => readPart(folder, record, module))
  readTombstones(folder, manifest, parts)
  const bytes = manifest.parts.reduce((sum, record) => sum + record.imageBytes, manifest.tombstones.bytes)
  return { parts, coveredVersion: manifest.coveredVersion, lastEntryId: manifest.lastEntryId, bytes }
}

/** Reads a snapshot into memory and checks every byte of it; what is not sound comes back as a problem. */
export function loadSnapshotParts (folder: string, module: WebAssembly.Module): LoadedSnapshot {
  try {
    return load(folder, module)
  } catch (error) {
    if (error instanceof SnapshotRefusal) return { problem: error.problem, message: error.message }
    throw error
  }
}
