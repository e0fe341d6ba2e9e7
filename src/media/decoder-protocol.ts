import type { Box, Size } from '../hash/raster.js'
import { undecidedReasons, type DecodeLimits, type DecoderAbilities, type MediaInfo, type Sampling, type UndecidedReason } from './decoder.js'
import { ownSideMax } from './raster-work.js'

/**
 * What goes over the socket between a decoder child and its owner, both ways: messages, each its length (u32, little-endian) and
 * JSON. An upload's content, where it is sent along, goes through a socket of its own, in which the child waits for it, and
 * pixels through a file (`raster-file.ts`).
 * The owner trusts the child as little as the upload: lengths are bounded and messages are checked.
 */

/** Pictures that the child may send ahead of the answers; keeps hashing and decoding overlapped and the memory bounded. */
export const picturesAhead = 4
/** Pictures that one `continue` stands for. Most uploads are a single picture, which then needs none. */
export const picturesPerAnswer = 2

/** The sockets and the file as the child finds them. */
export const messagesFd = 3
export const contentFd = 4
export const rastersFd = 5

const messageBytesMax = 64 * 1024
const nameCharsMax = 200
const listLengthMax = 200
const prefixBytes = 4

export type ToChild =
  /** `contentBytes` bytes follow on the content's socket, instead of those at `path`. */
  | { type: 'decode', path: string, contentBytes?: number, sampling: Sampling, limits: DecodeLimits }
  /** So many pictures more, `picturesPerAnswer`, were taken. */
  | { type: 'continue' }
  /** No more pictures are wanted. */
  | { type: 'stop' }
  | { type: 'abilities' }

export interface PictureMessage {
  type: 'picture'
  frame: number
  timeS?: number
  native: Size
  background: 'white' | 'black'
  raster: Size
  /** Which slot of the raster file holds the pixels. */
  slot: number
  extent?: Box
}

export type FromChild =
  | { type: 'ready' }
  /** What a film turns out to be, said before its decoding may end the child. Of pictures the owner sees as much in their first bytes. */
  | { type: 'media', media: MediaInfo }
  | PictureMessage
  | { type: 'outcome', media: MediaInfo, undecided: UndecidedReason[] }
  | { type: 'abilities', abilities: DecoderAbilities }

type Check = (value: unknown) => boolean

const isText: Check = value => typeof value === 'string' && value.length <= nameCharsMax
const isNumber: Check = value => typeof value === 'number' && Number.isFinite(value)
const isCount: Check = value => Number.isSafeInteger(value) && Number(value) >= 0
const isSide: Check = value => Number.isSafeInteger(value) && Number(value) >= 1
const isSlot: Check = value => isCount(value) && Number(value) < picturesAhead
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

const fromChildShapes: Readonly<Record<FromChild['type'], Check>> = {
  ready: isObject({ type: isText }),
  media: isObject({ type: isText, media: isMedia }),
  picture: isObject({
    type: isText,
    frame: isCount,
    timeS: isOptional(isNumber),
    native: isObject({ width: isSide, height: isSide }),
    background: isOneOf('white', 'black'),
    raster: isObject({ width: isRasterSide, height: isRasterSide }),
    slot: isSlot,
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

/** Whether a message is one that a child may send: a child whose decoder was taken over may send anything. */
export function isFromChild (value: unknown): value is FromChild {
  const type = typeof value === 'object' && value !== null && 'type' in value ? value.type : undefined
  if (typeof type !== 'string' || !Object.hasOwn(fromChildShapes, type)) return false
  return fromChildShapes[type as FromChild['type']](value) && (type !== 'picture' || isCovered(value as PictureMessage))
}

/** The extent reaches over the raster by less than a pixel. */
function isCovered ({ raster, extent }: PictureMessage): boolean {
  if (extent === undefined) return true
  return covers(extent.left, extent.width, raster.width) && covers(extent.top, extent.height, raster.height)
}

/** Whether a stretch covers `lines` lines and reaches beyond them by less than one. */
function covers (from: number, span: number, lines: number): boolean {
  return from <= 0 && from + span >= lines && span < lines + 1
}

/** The owner is trusted: what it sends is typed where it is sent. */
export function isToChild (value: unknown): value is ToChild {
  return typeof value === 'object' && value !== null && 'type' in value
}

/** One message as it goes over the socket. */
export function encodeMessage (message: ToChild | FromChild): Buffer {
  const text = JSON.stringify(message)
  const bytes = Buffer.allocUnsafe(prefixBytes + Buffer.byteLength(text))
  bytes.writeUInt32LE(bytes.length - prefixBytes)
  bytes.write(text, prefixBytes)
  return bytes
}

/** The other side broke the protocol; nothing it says after that counts. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError'
}

/** Puts messages together from the chunks of a stream. */
export class MessageReader<Message> {
  readonly #accepts: (value: unknown) => value is Message
  /** What came of a message that is not whole yet. */
  #rest: Buffer = Buffer.alloc(0)

  constructor (accepts: (value: unknown) => value is Message) {
    this.#accepts = accepts
  }

  /**
   * Takes the next chunk; returns the messages that it completes.
   * @throws ProtocolError where a length is over its limit or a message is not one that was agreed on.
   */
  push (chunk: Buffer): Message[] {
    const messages: Message[] = []
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    let offset = 0
    while (bytes.length - offset >= prefixBytes) {
      const length = bytes.readUInt32LE(offset)
      if (length > messageBytesMax) throw new ProtocolError('A message is longer than allowed.')
      const end = offset + prefixBytes + length
      if (end > bytes.length) break
      messages.push(this.#parse(bytes.toString('utf8', offset + prefixBytes, end)))
      offset = end
    }
    this.#rest = Buffer.from(bytes.subarray(offset))
    return messages
  }

  #parse (text: string): Message {
    let value: unknown
    try {
      value = JSON.parse(text)
    } catch {
      throw new ProtocolError('A message is not JSON.')
    }
    if (!this.#accepts(value)) throw new ProtocolError('A message does not fit the protocol.')
    return value
  }
}
