import { createHash } from 'node:crypto'
import { permutationSeed } from './bit-permutation.js'
import type { Algorithm, SnapshotCover, SnapshotProblem } from './hash-index.js'
import type { Part } from './part.js'

/**
 * A snapshot is a folder: `index.json` (the manifest), one `ID.part` for each part (its image, which never changes, so a later
 * snapshot uses the file again) and one `ID.tombstones` (what was removed from all of them). The manifest is renamed into place
 * last; files that it does not name are no part of the snapshot.
 */
export const manifestFile = 'index.json'
export const manifestFormat = 'keersluis-index'
export const manifestVersion = 2

/** Images are checked in pieces of this size: each is hashed while the processor's cache still holds it. */
export const pieceBytes = 4 * 2 ** 20

export interface PartRecord {
  id: string
  algorithm: Algorithm
  kind: Part['kind']
  imageBytes: number
  bits: number
  /** XXH64 of each piece, in hex. */
  pieces: string[]
}

export interface SnapshotManifest {
  format: typeof manifestFormat
  version: number
  permutationSeed: number
  coveredVersion: number
  /** The highest entry id ever added. */
  lastEntryId: number
  mark: string
  parts: PartRecord[]
  /** The words of the tombstone bits of each part, one part after the other. */
  tombstones: { id: string, bytes: number, sha256: string }
}

/** What a snapshot is made of. */
export interface SnapshotContent extends SnapshotCover {
  parts: readonly Part[]
}

/** Files of any snapshot, and what a crash or a full disk left of one; nothing else in the folder is ever touched. */
export const snapshotFilePattern = /^([0-9a-f-]{36}\.(part|tombstones)(\.tmp)?|index\.json\.tmp)$/

export function partFile (id: string): string { return `${id}.part` }
export function tombstoneFile (id: string): string { return `${id}.tombstones` }

export function sha256Of (bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** A snapshot that cannot be used, and why. */
export class SnapshotRefusal extends Error {
  readonly problem: SnapshotProblem

  constructor (problem: SnapshotProblem, message: string) {
    super(message)
    this.problem = problem
  }
}

/** The manifest as the text of its file: the body and a checksum of it. */
export function manifestText (manifest: SnapshotManifest): string {
  const body = JSON.stringify(manifest)
  return JSON.stringify({ sha256: sha256Of(body), body })
}

function parsed (text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new SnapshotRefusal('corrupt', 'The manifest of the snapshot is no JSON.')
  }
}

/** @throws SnapshotRefusal when the text is damaged or of another format. */
export function parseManifest (text: string): SnapshotManifest {
  const outer = parsed(text)
  const { sha256, body } = (typeof outer === 'object' && outer !== null ? outer : {}) as { sha256?: unknown, body?: unknown }
  if (typeof body !== 'string' || sha256 !== sha256Of(body)) {
    throw new SnapshotRefusal('corrupt', 'The manifest of the snapshot does not have its checksum.')
  }
  const manifest = parsed(body) as SnapshotManifest
  if (manifest.format !== manifestFormat || manifest.version !== manifestVersion || manifest.permutationSeed !== permutationSeed) {
    throw new SnapshotRefusal('otherFormat', 'The snapshot was written by another version.')
  }
  return manifest
}
