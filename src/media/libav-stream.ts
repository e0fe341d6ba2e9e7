import type { CodecContext, Frame, Packet, SoftwareScaleContext, Stream } from 'node-av/lib'
import type { Raster, Size } from '../hash/raster.js'
import type { DecodeJob } from './decode-job.js'
import { orientationOfMatrix } from './display-matrix.js'
import { rasterSizeOf, turnUpright } from './raster-work.js'
import { DenseSampler, SparseSampler, type SampledPacket } from './sparse-sampler.js'

export type Libav = typeof import('node-av/lib') & typeof import('node-av/constants')

export interface TakenFrame {
  native: Size
  raster: Raster
  timeS: number
}

interface LibavPacket extends SampledPacket { packet: Packet }

/** Assumed where a stream gives neither times nor a rate. */
const frameRateDefault = 25

/** One video stream: its decoder, which of its frames are taken, and their way to an upright raster. */
export class LibavStream {
  readonly #libav: Libav
  readonly #codec: CodecContext
  readonly #frame: Frame
  readonly #scaler: FrameScaler
  readonly #timeBaseS: number
  readonly #frameS: number
  readonly #durationSMax: number
  readonly #sparse: SparseSampler<LibavPacket> | undefined
  readonly #dense: DenseSampler
  /** Upright size as the container says. */
  readonly native: Size
  #taken: TakenFrame[] = []
  /** Dense sampling only: the newest frame that was not taken, kept as it may be the last. */
  #newest: TakenFrame | undefined
  #packets = 0
  #startS: number | undefined
  #lastPacketS = 0
  #failures = 0
  /** Keyframes whose decoder had to guess a part; frames between them may lack references in a film that is sound. */
  #flawedKeys = 0
  #flawedFrames = 0

  /** `undefined` where there is no decoder for it. */
  static open (libav: Libav, stream: Stream, job: DecodeJob, pixelsMax: number): LibavStream | undefined {
    const decoder = libav.Codec.findDecoder(stream.codecpar.codecId)
    if (decoder === null) return undefined
    const codec = new libav.CodecContext()
    codec.allocContext3(decoder)
    codec.parametersToContext(stream.codecpar)
    codec.pktTimebase = stream.timeBase
    // Set one by one: a dictionary handed to `open2` is freed twice by node-av 6.1.1, at the next garbage collection.
    codec.setOption('threads', '1')
    codec.setOption('max_pixels', String(pixelsMax))
    // Frames that no other frame needs are not needed for one frame a second either.
    if (job.sampling === 'sparse') codec.setOption('skip_frame', 'noref')
    if (codec.open2Sync(decoder, null) < 0) return undefined
    return new LibavStream(libav, stream, codec, job)
  }

  private constructor (libav: Libav, stream: Stream, codec: CodecContext, { limits, sampling }: DecodeJob) {
    this.#libav = libav
    this.#codec = codec
    this.#frame = new libav.Frame()
    this.#frame.alloc()
    const matrix = stream.codecpar.getCodedSideData(libav.AV_PKT_DATA_DISPLAYMATRIX)
    const orientation = matrix === null ? 1 : orientationOfMatrix(matrix)
    this.#scaler = new FrameScaler(libav, orientation)
    this.native = this.#scaler.upright({ width: stream.codecpar.width, height: stream.codecpar.height })
    this.#timeBaseS = stream.timeBase.num / stream.timeBase.den
    const { num, den } = stream.avgFrameRate
    this.#frameS = num > 0 && den > 0 ? den / num : 1 / frameRateDefault
    this.#durationSMax = limits.videoDurationSMax
    this.#dense = new DenseSampler(limits.denseFps)
    this.#sparse = sampling === 'dense'
      ? undefined
      : new SparseSampler<LibavPacket>({
        decodeAlone: packet => this.#decodeAlone(packet),
        decodeNext: ({ packet }) => { this.#send(packet) },
        reset: () => this.#codec.flushBuffers(),
        drain: () => { this.#send(null) }
      }, limits.videoGapSMax)
  }

  /** Takes the next packet, which stays the caller's. */
  push (packet: Packet): 'taken' | 'encrypted' | 'beyondLimit' {
    if (this.#packets === 0 && packet.getSideData(this.#libav.AV_PKT_DATA_ENCRYPTION_INFO) !== null) return 'encrypted'
    const timeS = this.#timeOf(packet)
    this.#startS ??= timeS
    this.#packets++
    this.#lastPacketS = timeS
    if (timeS - this.#startS > this.#durationSMax) return 'beyondLimit'
    if (this.#sparse === undefined) {
      this.#send(packet)
      return 'taken'
    }
    const kept = packet.clone()
    if (kept !== null) this.#sparse.push({ packet: kept, timeS, bytes: packet.size, key: packet.isKeyframe, free: () => kept.free() })
    return 'taken'
  }

  /** Goes on with what `push` or `finish` has left to do; false when that is done. */
  work (): boolean {
    return this.#sparse?.work() ?? false
  }

  /** The stream has ended. */
  finish (): void {
    if (this.#sparse !== undefined) return this.#sparse.finish()
    this.#send(null)
    if (this.#newest !== undefined) this.#taken.push(this.#newest)
  }

  takeFrames (): TakenFrame[] {
    const taken = this.#taken
    this.#taken = []
    return taken
  }

  /** Whether something that should have given frames did not. */
  get damaged (): boolean {
    return this.#sparse === undefined ? this.#failures > 0 : this.#sparse.damagedKeys + this.#flawedKeys > 0
  }

  close (): void {
    this.#sparse?.free()
    this.#frame.free()
    this.#codec.freeContext()
    this.#scaler.close()
  }

  #timeOf (packet: Packet): number {
    const { AV_NOPTS_VALUE } = this.#libav
    const stamp = packet.pts !== AV_NOPTS_VALUE ? packet.pts : packet.dts
    return stamp === AV_NOPTS_VALUE ? this.#packets * this.#frameS : Number(stamp) * this.#timeBaseS
  }

  #decodeAlone ({ packet }: LibavPacket): boolean {
    this.#codec.flushBuffers()
    this.#flawedFrames = 0
    const frames = this.#send(packet) + this.#send(null)
    if (this.#flawedFrames > 0) this.#flawedKeys++
    this.#codec.flushBuffers()
    return frames > 0
  }

  /** Decodes one packet, or with `null` what is left; returns the number of frames that came. */
  #send (packet: Packet | null): number {
    if (this.#codec.sendPacketSync(packet) < 0 && packet !== null) this.#failures++
    let frames = 0
    while (this.#codec.receiveFrameSync(this.#frame) >= 0) {
      frames++
      if (this.#frame.decodeErrorFlags !== 0) this.#flawedFrames++
      this.#take()
      this.#frame.unref()
    }
    return frames
  }

  #take (): void {
    const { bestEffortTimestamp } = this.#frame
    const stamped = bestEffortTimestamp !== this.#libav.AV_NOPTS_VALUE
    const absoluteS = stamped ? Number(bestEffortTimestamp) * this.#timeBaseS : this.#lastPacketS
    const wanted = this.#sparse === undefined ? this.#dense.wants(absoluteS) : this.#sparse.wants(absoluteS)
    if (!wanted && this.#sparse !== undefined) return
    const scaled = this.#scaler.scale(this.#frame)
    if (scaled === undefined) {
      this.#failures++
      return
    }
    const taken = { ...scaled, timeS: Math.max(0, absoluteS - (this.#startS ?? 0)) }
    if (wanted) this.#taken.push(taken)
    this.#newest = wanted ? undefined : taken
  }
}

/** Turns frames into upright rasters; keeps the scaler for frames of one size and format. */
class FrameScaler {
  readonly #libav: Libav
  readonly #orientation: number
  #target: Frame | undefined
  #context: SoftwareScaleContext | undefined
  #key = ''

  constructor (libav: Libav, orientation: number) {
    this.#libav = libav
    this.#orientation = orientation
  }

  upright ({ width, height }: Size): Size {
    return this.#orientation >= 5 ? { width: height, height: width } : { width, height }
  }

  scale (frame: Frame): { native: Size, raster: Raster } | undefined {
    const { width, height, format, colorRange } = frame
    const key = `${width} ${height} ${format} ${colorRange}`
    if (key !== this.#key) {
      this.close()
      this.#target = this.#openTarget(rasterSizeOf({ width, height }))
      this.#context = this.#open(frame, this.#target, colorRange === this.#libav.AVCOL_RANGE_JPEG)
      this.#key = key
    }
    const target = this.#target
    if (target === undefined || this.#context === undefined || this.#context.scaleFrameSync(target, frame) < 0) return undefined
    const pixels = new Uint8Array(target.toBuffer())
    const raster = turnUpright({ data: pixels, width: target.width, height: target.height, channels: 3 as const }, this.#orientation)
    return { native: this.upright({ width, height }), raster }
  }

  close (): void {
    this.#context?.freeContext()
    this.#target?.free()
  }

  #openTarget ({ width, height }: Size): Frame {
    const target = new this.#libav.Frame()
    target.alloc()
    Object.assign(target, { width, height, format: this.#libav.AV_PIX_FMT_RGB24 })
    target.getBuffer(1)
    return target
  }

  /**
   * The colour matrix is always BT.601, swscale's own and that of PDQ's luma: whatever a file claims, the luma of the
   * raster is then the luma that was coded. The range is the frame's.
   */
  #open (frame: Frame, target: Frame, fullRange: boolean): SoftwareScaleContext | undefined {
    const context = new this.#libav.SoftwareScaleContext()
    context.allocContext()
    const options = {
      srcw: frame.width,
      srch: frame.height,
      src_format: frame.format,
      src_range: fullRange ? 1 : 0,
      dstw: target.width,
      dsth: target.height,
      dst_format: target.format,
      dst_range: 1,
      sws_flags: this.#libav.SWS_BICUBIC
    }
    for (const [name, value] of Object.entries(options)) context.setOption(name, value)
    if (context.initContext() >= 0) return context
    context.freeContext()
    return undefined
  }
}
