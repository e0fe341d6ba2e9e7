import { randomUUID } from 'node:crypto'
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { permutationSeed } from './bit-permutation.js'
import { instantiateKernel } from './kernel-instance.js'
import { hBits, hImageBytes } from './kernel/layout.js'
import { readHeader, tombstonesOf } from './part.js'
import type { Part } from './part.js'
import { SnapshotRefusal, manifestFile, manifestFormat, manifestText, manifestVersion, parseManifest, partFile, pieceBytes, sha256Of, snapshotFilePattern, tombstoneFile } from './snapshot-format.js'
import type { PartRecord, SnapshotContent } from './snapshot-format.js'

function syncPath (path: string): void {
  const descriptor = openSync(path, 'r')
  try { fsyncSync(descriptor) } finally { closeSync(descriptor) }
}

/** Writes a whole file under a temporary name, forces it to the disk, then gives it its name. */
function writeFileAtomically (path: string, content: Uint8Array | string): void {
  const temporary = `${path}.tmp`
  writeFileSync(temporary, content, { mode: 0o600 })
  syncPath(temporary)
  renameSync(temporary, path)
}

function writeImage (path: string, image: Uint8Array): void {
  const temporary = `${path}.tmp`
  const descriptor = openSync(temporary, 'w', 0o600)
  try {
    for (let at = 0; at < image.length;) at += writeSync(descriptor, image, at, Math.min(pieceBytes, image.length - at))
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
  renameSync(temporary, path)
}

function recordOf (part: Part, module: WebAssembly.Module): PartRecord {
  const kernel = instantiateKernel(module, part.memory)
  const imageBytes = readHeader(part.memory, hImageBytes)
  const pieces: string[] = []
  for (let at = 0; at < imageBytes; at += pieceBytes) {
    pieces.push(BigInt.asUintN(64, kernel.xxh64(at, Math.min(pieceBytes, imageBytes - at))).toString(16))
  }
  return { id: part.id, algorithm: part.algorithm, kind: part.kind, imageBytes, bits: readHeader(part.memory, hBits), pieces }
}

/** The records of the snapshot that is there, so that its images need not be written again. */
function recordsThere (folder: string): Map<string, PartRecord> {
  try {
    const { parts } = parseManifest(readFileSync(join(folder, manifestFile), 'utf8'))
    const sound = parts.filter((record) => statSync(join(folder, partFile(record.id))).size === record.imageBytes)
    return new Map(sound.map((record) => [record.id, record]))
  } catch {
    return new Map()
  }
}

function allTombstones (parts: readonly Part[]): Uint8Array {
  const copies = parts.map((part) => Uint32Array.from(tombstonesOf(part.memory)))
  return Buffer.concat(copies.map((words) => new Uint8Array(words.buffer)))
}

/**
 * Writes the parts and, when they are safe on the disk, the manifest that names them; then drops the files of older snapshots.
 * A crash at any point leaves the old snapshot or the new one; what it left beside them is dropped before anything is written, and
 * what a save wrote that failed is dropped at once: on a full disk the next save would find even less room. Returns the bytes written.
 */
export function saveSnapshotParts (folder: string, content: SnapshotContent, module: WebAssembly.Module): number {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  dropUnnamed(folder)
  try {
    return writeSnapshot(folder, content, module)
  } finally {
    // Whatever keeps a file from being dropped, the outcome of the save is what the caller is told.
    try { dropUnnamed(folder) } catch {}
  }
}

function writeSnapshot (folder: string, content: SnapshotContent, module: WebAssembly.Module): number {
  const there = recordsThere(folder)
  const tombstones = allTombstones(content.parts)
  const tombstoneId = randomUUID()
  let bytesWritten = tombstones.length
  const parts = content.parts.map((part) => {
    const known = there.get(part.id)
    if (known !== undefined) return known
    const record = recordOf(part, module)
    writeImage(join(folder, partFile(part.id)), new Uint8Array(part.memory.buffer, 0, record.imageBytes))
    bytesWritten += record.imageBytes
    return record
  })
  writeFileAtomically(join(folder, tombstoneFile(tombstoneId)), tombstones)
  syncPath(folder)
  writeFileAtomically(join(folder, manifestFile), manifestText({
    format: manifestFormat,
    version: manifestVersion,
    permutationSeed,
    coveredVersion: content.coveredVersion,
    lastEntryId: content.lastEntryId,
    mark: content.mark,
    parts,
    tombstones: { id: tombstoneId, bytes: tombstones.length, sha256: sha256Of(tombstones) }
  }))
  syncPath(folder)
  return bytesWritten
}

/** Drops the files of snapshots that the manifest does not name; none where it cannot tell. */
function dropUnnamed (folder: string): void {
  const named = namedFiles(folder)
  if (named === undefined) return
  for (const name of readdirSync(folder)) {
    if (snapshotFilePattern.test(name) && !named.has(name)) rmSync(join(folder, name), { force: true })
  }
}

/**
 * The files of the snapshot that is there: none where there is no manifest, or one that is damaged or of another version, as no start
 * of this version reads what it names. Undefined where the disk does not say.
 */
function namedFiles (folder: string): Set<string> | undefined {
  try {
    if (!existsSync(join(folder, manifestFile))) return new Set()
    const { parts, tombstones } = parseManifest(readFileSync(join(folder, manifestFile), 'utf8'))
    return new Set([tombstoneFile(tombstones.id), ...parts.map((part) => partFile(part.id))])
  } catch (error) {
    return error instanceof SnapshotRefusal ? new Set() : undefined
  }
}
