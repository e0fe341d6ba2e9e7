import { open, readFile } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { valueBytes } from './hash-index.js'
import type { SnapshotCover, SnapshotProblem } from './hash-index.js'
import { instantiateKernel } from './kernel-instance.js'
import type { Kernel } from './kernel-instance.js'
import { hBits, hImageBytes } from './kernel/layout.js'
import { aligned, allocate, changingBytes, headerFits, readHeader, tombstonesOf } from './part.js'
import type { Part } from './part.js'
import { SnapshotRefusal, manifestFile, parseManifest, partFile, pieceBytes, sha256Of, tombstoneFile } from './snapshot-format.js'
import type { PartRecord, SnapshotManifest } from './snapshot-format.js'

/** Why a snapshot cannot be used. */
export interface SnapshotTrouble {
  problem: SnapshotProblem
  message: string
}

export type LoadedSnapshot =
  | { parts: Part[], coveredVersion: number, lastEntryId: number, bytes: number }
  | SnapshotTrouble

/** As many as Node has threads for files. */
const readsAtOnce = 4

function isOfSystem (error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error
}

/** Waits for `read`; a file that is not there becomes a refusal with `problem`. */
async function orRefuse<T> (problem: SnapshotProblem, message: string, read: Promise<T>): Promise<T> {
  try {
    return await read
  } catch (error) {
    if (isOfSystem(error) && error.code === 'ENOENT') throw new SnapshotRefusal(problem, message)
    throw error
  }
}

/** Reads one piece of an image into `memory` and checks it. */
async function readPiece (file: FileHandle, record: PartRecord, piece: number, memory: WebAssembly.Memory, kernel: Kernel): Promise<void> {
  const bytes = new Uint8Array(memory.buffer)
  const start = piece * pieceBytes
  const end = Math.min(start + pieceBytes, record.imageBytes)
  for (let at = start; at < end;) {
    const { bytesRead } = await file.read(bytes, at, end - at, at)
    if (bytesRead === 0) throw new SnapshotRefusal('truncated', 'A part of the snapshot is shorter than its manifest says.')
    at += bytesRead
  }
  if (BigInt.asUintN(64, kernel.xxh64(start, end - start)).toString(16) !== record.pieces[piece]) {
    throw new SnapshotRefusal('corrupt', 'A part of the snapshot does not have its checksum.')
  }
}

/** Several reads at a time: most of a start is the system handing out fresh pages, which it does on several cores at once. */
async function readImage (file: FileHandle, record: PartRecord, memory: WebAssembly.Memory, kernel: Kernel): Promise<void> {
  let next = 0
  const lane = async (): Promise<void> => {
    while (next < record.pieces.length) await readPiece(file, record, next++, memory, kernel)
  }
  await Promise.all(Array.from({ length: readsAtOnce }, lane))
}

async function readPart (folder: string, record: PartRecord, module: WebAssembly.Module): Promise<Part> {
  const { id, algorithm, kind } = record
  const file = await orRefuse('truncated', 'A part of the snapshot is missing.', open(join(folder, partFile(id)), 'r'))
  try {
    if ((await file.stat()).size !== record.imageBytes || record.pieces.length !== Math.ceil(record.imageBytes / pieceBytes)) {
      throw new SnapshotRefusal('truncated', 'A part of the snapshot does not have its length.')
    }
    const memory = allocate(aligned(record.imageBytes) + changingBytes(record.bits))
    await readImage(file, record, memory, instantiateKernel(module, memory))
    const sound = headerFits(memory, algorithm) && algorithm in valueBytes &&
      readHeader(memory, hBits) === record.bits && readHeader(memory, hImageBytes) === record.imageBytes
    if (!sound) throw new SnapshotRefusal('otherFormat', 'A part of the snapshot was written by another version.')
    return { id, algorithm, kind, memory }
  } finally {
    await file.close()
  }
}

async function readTombstones (folder: string, { tombstones }: SnapshotManifest, parts: readonly Part[]): Promise<void> {
  const file = await orRefuse('truncated', 'The tombstones of the snapshot are missing.', readFile(join(folder, tombstoneFile(tombstones.id))))
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

async function readManifest (folder: string): Promise<SnapshotManifest> {
  return parseManifest(await orRefuse('missing', 'There is no snapshot.', readFile(join(folder, manifestFile), 'utf8')))
}

async function load (folder: string, module: WebAssembly.Module): Promise<LoadedSnapshot> {
  const manifest = await readManifest(folder)
  const parts: Part[] = []
  for (const record of manifest.parts) parts.push(await readPart(folder, record, module))
  await readTombstones(folder, manifest, parts)
  const bytes = manifest.parts.reduce((sum, record) => sum + record.imageBytes, manifest.tombstones.bytes)
  return { parts, coveredVersion: manifest.coveredVersion, lastEntryId: manifest.lastEntryId, bytes }
}

/** Reads a snapshot into memory and checks every byte of it; what is not sound comes back as a problem. */
export async function loadSnapshotParts (folder: string, module: WebAssembly.Module): Promise<LoadedSnapshot> {
  return await orTrouble(load(folder, module))
}

/** What the manifest says, before anything else is read. */
export async function snapshotCover (folder: string): Promise<SnapshotCover | SnapshotTrouble> {
  const read = async (): Promise<SnapshotCover> => {
    const { coveredVersion, lastEntryId, mark } = await readManifest(folder)
    return { coveredVersion, lastEntryId, mark }
  }
  return await orTrouble(read())
}

async function orTrouble<T> (read: Promise<T>): Promise<T | SnapshotTrouble> {
  try {
    return await read
  } catch (error) {
    if (error instanceof SnapshotRefusal) return { problem: error.problem, message: error.message }
    // The store has everything; a disk that cannot read this copy must not keep the gate from starting.
    if (isOfSystem(error)) return { problem: 'corrupt', message: 'A file of the snapshot cannot be read.' }
    throw error
  }
}
