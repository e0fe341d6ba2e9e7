/**
 * The part of node-av 6.1 that is used. The package is optional and brings types of its own; these stand in, so that the project also
 * builds where it could not be installed. `video-libav.test.ts` holds them against the real one.
 */
declare module 'node-av/lib' {
  export interface Rational { num: number, den: number }

  /** Negative results are errors of FFmpeg everywhere below. */
  export interface Codec { readonly name: string | null }
  export const Codec: { findDecoder (codecId: number): Codec | null }

  export interface CodecParameters {
    codecType: number
    codecId: number
    width: number
    height: number
    getCodedSideData (type: number): Uint8Array | null
  }

  export interface Stream {
    readonly index: number
    readonly codecpar: CodecParameters
    readonly timeBase: Rational
    readonly avgFrameRate: Rational
    discard: number
  }

  export class Packet {
    alloc (): void
    unref (): void
    free (): void
    clone (): Packet | null
    readonly streamIndex: number
    readonly pts: bigint
    readonly dts: bigint
    readonly size: number
    readonly isKeyframe: boolean
    getSideData (type: number): Uint8Array | null
  }

  export class Frame {
    alloc (): void
    unref (): void
    free (): void
    getBuffer (align: number): number
    toBuffer (): Uint8Array
    width: number
    height: number
    format: number
    readonly colorRange: number
    readonly bestEffortTimestamp: bigint
    readonly decodeErrorFlags: number
  }

  export class CodecContext {
    pktTimebase: Rational
    allocContext3 (codec: Codec): void
    freeContext (): void
    parametersToContext (parameters: CodecParameters): number
    setOption (name: string, value: string): number
    open2Sync (codec: Codec, options: Dictionary | null): number
    flushBuffers (): void
    sendPacketSync (packet: Packet | null): number
    receiveFrameSync (frame: Frame): number
  }

  export class SoftwareScaleContext {
    allocContext (): void
    freeContext (): void
    setOption (name: string, value: number): number
    initContext (): number
    scaleFrameSync (target: Frame, source: Frame): number
  }

  export interface Dictionary { count (): number }
  export const Dictionary: { fromObject (options: Record<string, string>): Dictionary }

  export interface InputFormat { readonly name: string | null }
  export const InputFormat: { findInputFormat (name: string): InputFormat | null }

  export class FormatContext {
    openInputSync (url: string, format: InputFormat | null, options: Dictionary | null): number
    findStreamInfoSync (options: null): number
    readFrameSync (packet: Packet): number
    closeInputSync (): void
    readonly streams: Stream[]
    readonly iformat: InputFormat | null
    /** In microseconds. */
    readonly duration: bigint
  }

  export const Log: { setLevel (level: number): void }
  export function getFFmpegInfo (): { version: string }
}

declare module 'node-av/constants' {
  export const AV_LOG_QUIET: number
  export const AV_NOPTS_VALUE: bigint
  export const AVERROR_EOF: number
  export const AVCOL_RANGE_JPEG: number
  export const AVDISCARD_ALL: number
  export const AVMEDIA_TYPE_VIDEO: number
  export const AV_PIX_FMT_RGB24: number
  export const AV_PKT_DATA_DISPLAYMATRIX: number
  export const AV_PKT_DATA_ENCRYPTION_INFO: number
  export const SWS_BICUBIC: number
}
