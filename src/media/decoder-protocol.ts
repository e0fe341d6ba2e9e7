import { Type, type Static } from 'typebox'
import { Compile } from 'typebox/compile'
import { undecidedReasons } from './decoder.js'

/**
 * What goes over the socket between a decoder child and its owner, both ways:
 * header length (u32, little-endian), body length (u32), header (JSON), body (pixels).
 * The owner trusts the child as little as the upload: lengths are bounded and headers are checked.
 */

/** Width and height of the raster, in pixels. */
export const rasterSide = 256
/** A picture is delivered at its own size, too, where neither side is longer. */
export const ownSideMax = 512
/** Pictures that the child may send ahead of the answers; keeps hashing and decoding overlapped and the memory bounded. */
export const picturesAhead = 2

const headerBytesMax = 64 * 1024
const rasterBytes = rasterSide * rasterSide * 3
export const bodyBytesMax = rasterBytes + ownSideMax * ownSideMax * 3
const prefixBytes = 8

const Count = Type.Integer({ minimum: 0, maximum: 2 ** 40 })
const Side = Type.Integer({ minimum: 1, maximum: 2 ** 31 })
const Seconds = Type.Number({ minimum: -1e9, maximum: 1e9 })
const Milliseconds = Type.Number({ exclusiveMinimum: 0, maximum: 1e9 })
const Name = Type.String({ maxLength: 100 })

const Limits = Type.Object({
  decodeMsMax: Milliseconds,
  picturePixelsMax: Count,
  animationFramesMax: Count,
  videoFramesMax: Count,
  videoDurationSMax: Type.Number({ minimum: 0 }),
  videoGapSMax: Type.Number({ exclusiveMinimum: 0 }),
  denseFps: Type.Number({ exclusiveMinimum: 0 })
})

const Media = Type.Object({
  kind: Type.Enum(['image', 'animation', 'video', 'other']),
  format: Name,
  width: Type.Optional(Side),
  height: Type.Optional(Side),
  frames: Type.Optional(Count),
  durationS: Type.Optional(Type.Number({ minimum: 0, maximum: 1e9 }))
})

const ToChild = Type.Union([
  Type.Object({ type: Type.Literal('decode'), path: Type.String(), sampling: Type.Enum(['sparse', 'dense']), limits: Limits }),
  /** The answer to one picture. */
  Type.Object({ type: Type.Literal('continue') }),
  Type.Object({ type: Type.Literal('stop') }),
  Type.Object({ type: Type.Literal('abilities') })
])

const FromChild = Type.Union([
  Type.Object({ type: Type.Literal('ready') }),
  /** What the upload seems to be, said before its decoding may fail. */
  Type.Object({ type: Type.Literal('media'), media: Media }),
  Type.Object({
    type: Type.Literal('picture'),
    frame: Count,
    timeS: Type.Optional(Seconds),
    native: Type.Object({ width: Side, height: Side }),
    background: Type.Enum(['white', 'black']),
    own: Type.Boolean()
  }),
  Type.Object({ type: Type.Literal('outcome'), media: Media, undecided: Type.Array(Type.Enum([...undecidedReasons]), { maxItems: undecidedReasons.length }) }),
  Type.Object({
    type: Type.Literal('abilities'),
    imageFormats: Type.Array(Name, { maxItems: 100 }),
    video: Type.Optional(Type.Object({ decoder: Type.Enum(['libav', 'ffmpeg']), version: Name }))
  })
])

export type ToChildHeader = Static<typeof ToChild>
export type FromChildHeader = Static<typeof FromChild>
export interface Message<Header> { header: Header, body: Uint8Array }

const toChildValidator = Compile(ToChild)
const fromChildValidator = Compile(FromChild)
export const isToChild = (value: unknown): value is ToChildHeader => toChildValidator.Check(value)
export const isFromChild = (value: unknown): value is FromChildHeader => fromChildValidator.Check(value)

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
    this.#body = new Uint8Array(bodyBytes)
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

type PictureHeader = Extract<FromChildHeader, { type: 'picture' }>

/**
 * Cuts the body of a picture message into the raster and, where sent, the pixels at the picture's own size.
 * @throws ProtocolError where the body does not have exactly these bytes.
 */
export function splitPictureBody (header: PictureHeader, body: Uint8Array): { raster: Uint8Array, own?: Uint8Array } {
  const { width, height } = header.native
  if (header.own && (width > ownSideMax || height > ownSideMax)) throw new ProtocolError('A picture came at its own size, but is too large for that.')
  const ownBytes = header.own ? width * height * 3 : 0
  if (body.length !== rasterBytes + ownBytes) throw new ProtocolError('A picture has the wrong number of bytes.')
  const raster = body.subarray(0, rasterBytes)
  return header.own ? { raster, own: body.subarray(rasterBytes) } : { raster }
}
