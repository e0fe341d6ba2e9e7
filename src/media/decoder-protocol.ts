import type { Box, Raster, Size } from '../hash/raster.js'
import { undecidedReasons, type DecodeLimits, type DecoderAbilities, type MediaInfo, type Sampling, type UndecidedReason } from './decoder.js'
import { ownSideMax } from './raster-work.js'

/**
 * What goes over the socket between a decoder child and its owner, both ways:
 * header length (u32, little-endian), body length (u32), header (JSON), body (pixels).
 * An upload's content, where it is sent along, goes through a socket of its own, in which the child waits for it.
 * The owner trusts the child as little as the upload: lengths are bounded and headers are checked.
 */

/** Pictures that the child may send ahead of the answers; keeps hashing and decoding overlapped and the memory bounded. */
export const picturesAhead = 4
/** Pictures that one `continue` stands for. Most uploads are a single picture, which then needs none. */
export const picturesPerAnswer = 2

/** The sockets as the child finds them. */
export const messagesFd = 3
export const contentFd = 4

const headerBytesMax = 64 * 1024
const nameCharsMax = 200
const listLengthMax = 200
export const bodyBytesMax = ownSideMax * ownSideMax * 3
const prefixBytes = 8

export type ToChildHeader =
  /** `contentBytes` bytes follow on the content's socket, instead of those at `path`. */
  | { type: 'decode', path: string, contentBytes?: number, sampling: Sampling, limits: DecodeLimits }
  /** So many pictures more, `picturesPerAnswer`, were taken. */
  | { type: 'continue' }
  /** No more pictures are wanted. */
  | { type: 'stop' }
  | { type: 'abilities' }

export interface PictureHeader {
  type: 'picture'
  frame: number
  timeS?: number
  native: Size
  background: 'white' | 'black'
  /** Size of the raster, whose pixels are the body. */
  raster: Size
  extent?: Box
}

export type FromChildHeader =
  | { type: 'ready' }
  /** What the upload seems to be, said before its decoding may fail. */
  | { type: 'media', media: MediaInfo }
  | PictureHeader
  | { type: 'outcome', media: MediaInfo, undecided: UndecidedReason[] }
  | { type: 'abilities', abilities: DecoderAbilities }

export interface Message<Header> { header: Header, body: Uint8Array }

type Check = (value: unknown) => boolean

const isText: Check = value => typeof value === 'string' && value.length <= nameCharsMax
const isNumber: Check = value => typeof value === 'number' && Number.isFinite(value)
const isCount: Check = value => Number.isSafeInteger(value) && Number(value) >= 0
const isSide: Check = value => Number.isSafeInteger(value) && Number(value) >= 1
const isRasterSide: Check = value => isSide(value) && Number(value) <= ownSideMax
const isOffset: Check = value => isNumber(value) && Number(value) > -1 && Number(value) <= 0
const isExtent: Check = value => isNumber(value) && Number(value) >= 1 && Number(value) < ownSideMax + 1
const isOneOf = (...names: readonly unknown[]): Check => value => names.includes(value)
const isOptional = (check: Check): Check => value => value === undefined || check(value)
const isListOf = (check: Check): Check => value => Array.isArray(value) && value.length <= listLengthMax && value.every(check)
const isObject = (fields: Record<string, Check>): Check => value => {
  if (typeof value !== 'object' || value === null) return false
  const entries = value as Record<string, unknown>
  return Object.keys(entries).every(key => Object.hasOwn(fields, key)) &&
    Object.entries(fields).every(([key, check]) => check(entries[key]))
}

const isMedia = isObject({
  kind: isOneOf('image', 'animation', 'video', 'other'),
  format: isText,
  width: isOptional(isSide),
  height: isOptional(isSide),
  frames: isOptional(isCount),
  durationS: isOptional(isNumber)
})

const fromChildShapes: Readonly<Record<FromChildHeader['type'], Check>> = {
  ready: isObject({ type: isText }),
  media: isObject({ type: isText, media: isMedia }),
  picture: isObject({
    type: isText,
    frame: isCount,
    timeS: isOptional(isNumber),
    native: isObject({ width: isSide, height: isSide }),
    background: isOneOf('white', 'black'),
    raster: isObject({ width: isRasterSide, height: isRasterSide }),
    extent: isOptional(isObject({ left: isOffset, top: isOffset, width: isExtent, height: isExtent }))
  }),
  outcome: isObject({ type: isText, media: isMedia, undecided: isListOf(isOneOf(...undecidedReasons)) }),
  abilities: isObject({
    type: isText,
    abilities: isObject({
      imageFormats: isListOf(isText),
      video: isOptional(isObject({ decoder: isOneOf('libav', 'ffmpeg'), version: isText }))
    })
  })
}

/** Whether a header is one that a child may send: a child whose decoder was taken over may send anything. */
export function isFromChild (value: unknown): value is FromChildHeader {
  const type = typeof value === 'object' && value !== null && 'type' in value ? value.type : undefined
  if (typeof type !== 'string' || !Object.hasOwn(fromChildShapes, type)) return false
  return fromChildShapes[type as FromChildHeader['type']](value)
}

/** The owner is trusted: what it sends is typed where it is sent. */
export function isToChild (value: unknown): value is ToChildHeader {
  return typeof value === 'object' && value !== null && 'type' in value
}

/** The chunks of one message, to be written in order. */
export function encodeMessage (header: ToChildHeader | FromChildHeader, ...body: Uint8Array[]): Uint8Array[] {
  const text = Buffer.from(JSON.stringify(header))
  const prefix = Buffer.alloc(prefixBytes)
  prefix.writeUInt32LE(text.length, 0)
  prefix.writeUInt32LE(body.reduce((sum, part) => sum + part.length, 0), 4)
  return [Buffer.concat([prefix, text]), ...body]
}

/** The other side broke the protocol; nothing it says after that counts. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError'
}

/** Puts messages together from the chunks of a stream. */
export class MessageReader<Header> {
  readonly #accepts: (value: unknown) => value is Header
  readonly #prefix = Buffer.alloc(prefixBytes)
  #prefixFilled = 0
  #header: Buffer | undefined
  #body: Uint8Array | undefined
  #filled = 0

  constructor (accepts: (value: unknown) => value is Header) {
    this.#accepts = accepts
  }

  /**
   * Takes the next chunk; returns the messages that it completes, each with a body of its own memory.
   * @throws ProtocolError where a length is over its limit or a header is not one that was agreed on.
   */
  push (chunk: Uint8Array): Array<Message<Header>> {
    const messages: Array<Message<Header>> = []
    let offset = 0
    const take = (target: Uint8Array, filled: number): number => {
      const count = Math.min(target.length - filled, chunk.length - offset)
      target.set(chunk.subarray(offset, offset + count), filled)
      offset += count
      return filled + count
    }
    while (offset < chunk.length || this.#complete()) {
      if (this.#header === undefined || this.#body === undefined) {
        this.#prefixFilled = take(this.#prefix, this.#prefixFilled)
        if (this.#prefixFilled === prefixBytes) this.#begin()
      } else if (this.#filled < this.#header.length) {
        this.#filled = take(this.#header, this.#filled)
      } else if (!this.#complete()) {
        this.#filled = this.#header.length + take(this.#body, this.#filled - this.#header.length)
      } else {
        messages.push({ header: this.#parse(this.#header), body: this.#body })
        this.#header = this.#body = undefined
        this.#prefixFilled = this.#filled = 0
      }
    }
    return messages
  }

  #complete (): boolean {
    return this.#header !== undefined && this.#body !== undefined && this.#filled === this.#header.length + this.#body.length
  }

  #begin (): void {
    const headerBytes = this.#prefix.readUInt32LE(0)
    const bodyBytes = this.#prefix.readUInt32LE(4)
    if (headerBytes > headerBytesMax || bodyBytes > bodyBytesMax) throw new ProtocolError('A message is longer than allowed.')
    this.#header = Buffer.allocUnsafeSlow(headerBytes)
    this.#body = new Uint8Array(Buffer.allocUnsafeSlow(bodyBytes).buffer)
  }

  #parse (header: Buffer): Header {
    let value: unknown
    try {
      value = JSON.parse(header.toString())
    } catch {
      throw new ProtocolError('A message header is not JSON.')
    }
    if (!this.#accepts(value)) throw new ProtocolError('A message header does not fit the protocol.')
    return value
  }
}

/**
 * The raster of a picture message.
 * @throws ProtocolError where the body does not have exactly its bytes, or the extent is not that of the raster.
 */
export function rasterOf ({ raster: { width, height }, extent }: PictureHeader, body: Uint8Array): Raster {
  if (extent !== undefined && !(covers(extent.left, extent.width, width) && covers(extent.top, extent.height, height))) {
    throw new ProtocolError('The extent of a picture is not that of its raster.')
  }
  if (body.length !== width * height * 3) throw new ProtocolError('A picture has the wrong number of bytes.')
  return { data: body, width, height, channels: 3 }
}

/** Whether a stretch covers `lines` lines and reaches beyond them by less than one. */
function covers (from: number, span: number, lines: number): boolean {
  return from <= 0 && from + span >= lines && span < lines + 1
}
