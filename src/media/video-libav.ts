import type { Stream } from 'node-av/lib'
import type { UndecidedReason } from './decoder.js'
import { addReason, type DecodeJob, type Finding } from './decode-job.js'
import { LibavStream, type Libav, type TakenFrame } from './libav-stream.js'
import { followsEdits, framePixelsMax, videoStreamsMax, type VideoDecoder } from './video-decoder.js'

/** Demuxers that tell of a stream only when they come upon it. */
const growingDemuxers = new Set(['mpegts', 'mpeg', 'flv'])
/** Packets between two looks at the socket: the receiver may have asked to stop. */
const packetsPerTurn = 64

/** FFmpeg as a library, from the optional package node-av; `undefined` where it is not installed. */
export async function openLibav (): Promise<VideoDecoder | undefined> {
  let libav: Libav
  try {
    // Its parts for cameras, servers and filters stay out of the process.
    libav = { ...await import('node-av/lib'), ...await import('node-av/constants') }
  } catch {
    return undefined
  }
  libav.Log.setLevel(libav.AV_LOG_QUIET)
  const { version } = libav.getFFmpegInfo()
  return { name: 'libav', version, decode: async (job, format, demuxers) => await decodeFilm(libav, job, format, demuxers) }
}

async function decodeFilm (libav: Libav, job: DecodeJob, format: string, demuxers: readonly string[]): Promise<Finding> {
  const finding: Finding = { media: { kind: 'video', format }, undecided: [] }
  const input = new libav.FormatContext()
  const options = libav.Dictionary.fromObject({ format_whitelist: demuxers.join(','), protocol_whitelist: 'file', advanced_editlist: followsEdits(job, demuxers) ? '1' : '0' })
  const forced = demuxers.length === 1 ? libav.InputFormat.findInputFormat(demuxers[0] ?? '') : null
  if (input.openInputSync(`file:${job.path}`, forced, options) < 0) return { ...finding, undecided: ['undecodable'] }
  try {
    await new Film(libav, job, finding, input).decode()
  } finally {
    input.closeInputSync()
  }
  return finding
}

class Film {
  readonly #libav: Libav
  readonly #job: DecodeJob
  readonly #finding: Finding
  readonly #input: InstanceType<Libav['FormatContext']>
  /** Those of its video streams that are decoded. */
  readonly #streams = new Map<number, LibavStream>()
  /** Streams of any kind that were looked at, and the video streams among them. */
  #seen = 0
  #videos = 0
  #frames = 0

  constructor (libav: Libav, job: DecodeJob, finding: Finding, input: InstanceType<Libav['FormatContext']>) {
    this.#libav = libav
    this.#job = job
    this.#finding = finding
    this.#input = input
  }

  async decode (): Promise<void> {
    const { media } = this.#finding
    this.#describe()
    const demuxer = this.#input.iformat?.name?.split(',')[0] ?? 'unknown'
    if (media.format === 'unknown') media.format = demuxer
    if (this.#streams.size > 0 || growingDemuxers.has(demuxer)) {
      try {
        await this.#readPackets()
      } finally {
        for (const stream of this.#streams.values()) stream.close()
      }
    }
    if (this.#videos === 0) media.kind = 'other'
    if (this.#streams.size === 0) return
    if (this.#frames > 0) media.frames = this.#frames
    const streams = [...this.#streams.values()]
    const isEncrypted = this.#finding.undecided.includes('encrypted')
    if (!isEncrypted && (this.#frames === 0 || streams.some(stream => stream.damaged))) this.#undecided('undecodable')
  }

  #undecided (reason: UndecidedReason): void {
    addReason(this.#finding, reason)
  }

  #describe (): void {
    const { AVMEDIA_TYPE_VIDEO, AVDISCARD_ALL } = this.#libav
    const input = this.#input
    // Sound and subtitles are neither read nor parsed.
    for (const stream of input.streams) if (stream.codecpar.codecType !== AVMEDIA_TYPE_VIDEO) stream.discard = AVDISCARD_ALL
    input.findStreamInfoSync(null)
    this.#openStreams()
    if (this.#videos === 0) return
    const durationS = Number(input.duration) / 1e6
    if (durationS > 0) this.#finding.media.durationS = durationS
    if (durationS > this.#job.limits.videoDurationSMax) this.#undecided('framesBeyondLimit')
  }

  /** Opens the video streams that are new. */
  #openStreams (): void {
    const { AVMEDIA_TYPE_VIDEO, AVDISCARD_ALL } = this.#libav
    const { media } = this.#finding
    const fresh = this.#input.streams.slice(this.#seen)
    this.#seen += fresh.length
    const opened = this.#streams.size
    for (const stream of fresh) {
      if (stream.codecpar.codecType === AVMEDIA_TYPE_VIDEO) this.#openStream(stream)
      else stream.discard = AVDISCARD_ALL
    }
    if (opened > 0 || this.#streams.size === 0) return
    const largest = [...this.#streams.values()].map(stream => stream.native).sort((a, b) => b.width * b.height - a.width * a.height)[0]
    if (largest !== undefined && largest.width > 0 && largest.height > 0) Object.assign(media, largest)
    this.#job.announce(media)
  }

  #openStream (video: Stream): void {
    if (++this.#videos > videoStreamsMax) return this.#undecided('framesBeyondLimit')
    const pixelsMax = Math.min(this.#job.limits.picturePixelsMax, framePixelsMax)
    if (video.codecpar.width * video.codecpar.height > pixelsMax) return this.#undecided('tooLarge')
    const stream = LibavStream.open(this.#libav, video, this.#job, pixelsMax)
    if (stream === undefined) this.#undecided('undecodable')
    else this.#streams.set(video.index, stream)
  }

  async #readPackets (): Promise<void> {
    const { Packet, AVERROR_EOF } = this.#libav
    const packet = new Packet()
    packet.alloc()
    for (let turn = 1; ; turn++) {
      const result = this.#input.readFrameSync(packet)
      if (result < 0) {
        if (result !== AVERROR_EOF) this.#undecided('undecodable')
        break
      }
      if (packet.streamIndex >= this.#seen) this.#openStreams()
      const stream = this.#streams.get(packet.streamIndex)
      const outcome = stream?.push(packet)
      packet.unref()
      if (outcome === 'encrypted') return this.#undecided('encrypted')
      if (outcome === 'beyondLimit') {
        this.#undecided('framesBeyondLimit')
        break
      }
      if (stream !== undefined && !await this.#work(stream)) return
      if (turn % packetsPerTurn === 0 && !await this.#turn()) return
    }
    for (const stream of this.#streams.values()) {
      stream.finish()
      if (!await this.#work(stream)) return
    }
  }

  /** False where no more frames are wanted, or allowed. */
  async #work (stream: LibavStream): Promise<boolean> {
    for (;;) {
      const hasMore = stream.work()
      if (!await this.#deliver(stream.takeFrames())) return false
      if (!hasMore) return true
      if (!await this.#turn()) return false
    }
  }

  /** Lets the socket have its say; false where the receiver has asked to stop. */
  async #turn (): Promise<boolean> {
    await new Promise(resolve => setImmediate(resolve))
    return !this.#job.isStopped()
  }

  /** False where no more frames are wanted, or allowed. */
  async #deliver (frames: TakenFrame[]): Promise<boolean> {
    for (const { native, raster, timeS } of frames) {
      if (this.#frames >= this.#job.limits.videoFramesMax) {
        this.#undecided('framesBeyondLimit')
        return false
      }
      const goOn = await this.#job.deliver({ frame: this.#frames++, timeS, native, background: 'white', raster })
      if (!goOn) return false
    }
    return true
  }
}
