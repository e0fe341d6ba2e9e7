import { randomUUID } from 'node:crypto'
import { closeSync, constants, openSync, readSync, unlinkSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readBuffer } from '../read-buffer.js'
import { picturesAhead, ProtocolError, type PictureMessage } from './decoder-protocol.js'
import { ownSideMax } from './raster-work.js'

/** RGB of the largest raster that a decoder delivers. */
const slotBytes = ownSideMax * ownSideMax * 3
/** Memory that looks like a folder, where the system has it and has room in it. */
const sharedMemoryFolder = '/dev/shm'

/**
 * Pixels on their way from a decoder child to its owner: a file without a name that both have open, one slot for each picture
 * that the child may be ahead. The child writes a slot and tells its number; it may write it again when the owner has answered.
 * What was written last stays until then, and the file as long as the child.
 */
export class RasterFile {
  /** For the child to inherit. */
  readonly fd: number
  #isOpen = true
  /** Of each slot, as long as its longest raster yet. */
  readonly #pixels: Uint8Array[] = Array.from({ length: picturesAhead }, () => new Uint8Array())

  /**
   * @param folders where it may lie; the first that has room for it is taken
   * @throws Error where none has
   */
  constructor (folders: readonly string[] = [sharedMemoryFolder, tmpdir()]) {
    for (const folder of folders) {
      const fd = openFilled(folder)
      if (fd === undefined) continue
      this.fd = fd
      return
    }
    throw new Error(`There is no room for the pixels of a decoder child in ${folders.join(' or ')}.`)
  }

  /**
   * @returns RGB of a picture that the child has told of, to be used until that is answered
   * @throws ProtocolError where the file is closed: its number may be another file's by then
   */
  read ({ slot, raster: { width, height } }: PictureMessage): Uint8Array {
    const bytes = width * height * 3
    let pixels = this.#pixels[slot]
    if (pixels === undefined || pixels.length < bytes) pixels = this.#pixels[slot] = memoryFor(bytes)
    if (!this.#isOpen || readSync(this.fd, pixels, 0, bytes, slot * slotBytes) !== bytes) throw new ProtocolError('A picture has too few bytes.')
    return pixels.subarray(0, bytes)
  }

  close (): void {
    if (this.#isOpen) closeSync(this.fd)
    this.#isOpen = false
  }
}

/**
 * The child's side.
 * @throws RangeError where they are too many for a slot
 */
export function writeRaster (fd: number, slot: number, pixels: Uint8Array): void {
  if (pixels.length > slotBytes) throw new RangeError('A raster is larger than its slot.')
  writeAll(fd, pixels, slot * slotBytes)
}

/**
 * A file without a name. It is filled at once: where there is no room for it, that shows here, where another folder may have some,
 * and not with a later picture, which is not to blame.
 */
function openFilled (folder: string): number | undefined {
  const path = join(folder, `keersluis-rasters-${randomUUID()}`)
  let fd: number | undefined
  try {
    fd = openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL, 0o600)
    unlinkSync(path)
    writeAll(fd, new Uint8Array(picturesAhead * slotBytes), 0)
    return fd
  } catch {
    if (fd !== undefined) closeSync(fd)
    return undefined
  }
}

function writeAll (fd: number, bytes: Uint8Array, at: number): void {
  for (let done = 0; done < bytes.length;) done += writeSync(fd, bytes, done, bytes.length - done, at + done)
}

function memoryFor (bytes: number): Uint8Array {
  const { buffer, byteOffset } = readBuffer(bytes)
  return new Uint8Array(buffer, byteOffset, bytes)
}
