import type { UndecidedReason } from './decoder.js'
import { addReason, type DecodeJob, type Finding } from './decode-job.js'
import { findFfmpeg, type FfmpegProgram } from './ffmpeg-program.js'
import { FfmpegRun, type FilmBanner, type FilmFrame, type FilmInput } from './ffmpeg-run.js'
import { rasterSideMax, rasterSizeOf } from './raster-work.js'
import { DenseSampler, filmFramesMin, gapSpacingS, keySpacingS, shortFilmSpacingS } from './sparse-sampler.js'
import { followsEdits, framePixelsMax, videoStreamsMax, type VideoDecoder } from './video-decoder.js'

/** Decoders that decode every packet whatever `skip_frame` says. */
const codecsWithoutSkip = new Set(['vp9', 'av1'])

/** What its demuxer for boxes reads. */
const boxFormats = new Set(['mp4', 'mov', 'avif', 'heic'])

/** FFmpeg as a program: plainer and slower than the library, for machines where that is not installed. */
export async function openFfmpeg (named: string, searchPath: string): Promise<VideoDecoder | undefined> {
  const program = await findFfmpeg(named, searchPath)
  if (program === undefined) return undefined
  return {
    name: 'ffmpeg',
    version: program.version,
    decode: async (job, format, demuxers) => await new FilmRuns(program, job, format, demuxers).decode()
  }
}

class FilmRuns {
  readonly #job: DecodeJob
  readonly #input: FilmInput
  readonly #outputOptions: string[]
  readonly #finding: Finding
  #frames = 0
  #goOn = true

  constructor ({ path, version }: FfmpegProgram, job: DecodeJob, format: string, demuxers: readonly string[]) {
    this.#job = job
    this.#finding = { media: { kind: 'video', format }, undecided: [] }
    this.#input = {
      program: path,
      path: job.path,
      demuxers,
      options: boxFormats.has(format) && !followsEdits(job, demuxers) ? ['-advanced_editlist', '0'] : [],
      pixelsMax: Math.min(job.limits.picturePixelsMax, framePixelsMax),
      onStart: pid => job.watchProgram(pid)
    }
    // Without it the output has a constant rate: a few keyframes become hundreds of copies. Renamed in FFmpeg 5.1.
    const passThrough = /^n?([0-4]|5\.0)\b/.test(version) ? '-vsync' : '-fps_mode'
    this.#outputOptions = [passThrough, 'passthrough', '-an', '-sn', '-dn', '-threads', '1', '-t', String(job.limits.videoDurationSMax), '-f', 'rawvideo', 'pipe:1']
  }

  async decode (): Promise<Finding> {
    const { media } = this.#finding
    const probe = new FfmpegRun(this.#input, [], [])
    const banner = await probe.describe()
    const streams = this.#streamsToDecode(banner)
    if (streams.length > 0) this.#job.announce(media)
    for (const { index, codec } of streams) {
      if (this.#goOn) await this.#decodeStream(index, codec, banner.durationS ?? 0)
    }
    if (this.#frames > 0) media.frames = this.#frames
    else if (streams.length > 0) this.#undecided('undecodable')
    return this.#finding
  }

  #undecided (reason: UndecidedReason): void {
    addReason(this.#finding, reason)
  }

  #streamsToDecode ({ demuxer, durationS, videos }: FilmBanner): FilmBanner['videos'] {
    const { media } = this.#finding
    if (demuxer === undefined) this.#undecided('undecodable')
    else if (videos.length === 0) media.kind = 'other'
    if (media.format === 'unknown') media.format = demuxer ?? 'unknown'
    if (durationS !== undefined && durationS > 0) media.durationS = durationS
    if ((durationS ?? 0) > this.#job.limits.videoDurationSMax || videos.length > videoStreamsMax) this.#undecided('framesBeyondLimit')
    return videos.slice(0, videoStreamsMax).filter(({ size, encrypted }) => {
      const fits = size === undefined || size.width * size.height <= this.#input.pixelsMax
      if (encrypted) this.#undecided('encrypted')
      else if (!fits) this.#undecided('tooLarge')
      return fits && !encrypted
    })
  }

  async #decodeStream (index: number, codec: string, durationS: number): Promise<void> {
    if (this.#job.sampling === 'dense') return await this.#decodeDense(index)
    const times = await this.#decodeKeyframes(index, codec)
    const { videoGapSMax } = this.#job.limits
    const ends = [...times.slice(1), Math.max(durationS, times.at(-1) ?? 0)]
    const hasGap = times.some((timeS, at) => (ends[at] ?? timeS) - timeS > videoGapSMax)
    const spacingS = hasGap ? gapSpacingS : Math.min(gapSpacingS, Math.max(shortFilmSpacingS, durationS / filmFramesMin))
    if (this.#goOn && (hasGap || times.length < filmFramesMin)) {
      await this.#decodeBetween(index, times, spacingS)
    }
  }

  /** Returns the times of the hashed frames. */
  async #decodeKeyframes (index: number, codec: string): Promise<number[]> {
    const output = (stream: number): string[] => ['-map', `0:${stream}`, '-vf', filters(), ...this.#outputOptions]
    const run = codecsWithoutSkip.has(codec)
      ? FfmpegRun.ofKeyPackets(this.#input, index, output(0))
      : new FfmpegRun(this.#input, ['-skip_frame', 'nokey'], output(index))
    const times: number[] = []
    for await (const frame of run.frames()) {
      if (frame.timeS - (times.at(-1) ?? -Infinity) < keySpacingS) continue
      times.push(frame.timeS)
      if (!await this.#deliver(frame)) return times
    }
    this.#judge(run)
    return times
  }

  /** Decodes everything, and takes a frame every `spacingS`, but those that were hashed as keyframes. */
  async #decodeBetween (index: number, keyTimes: readonly number[], spacingS: number): Promise<void> {
    const select = `select='isnan(prev_selected_t)+gte(t-prev_selected_t\\,${spacingS})',`
    const run = new FfmpegRun(this.#input, ['-skip_frame', 'noref'], ['-map', `0:${index}`, '-vf', filters(select), ...this.#outputOptions])
    for await (const frame of run.frames()) {
      if (keyTimes.some(timeS => Math.abs(timeS - frame.timeS) < spacingS / 4)) continue
      if (!await this.#deliver(frame)) return
    }
  }

  async #decodeDense (index: number): Promise<void> {
    const run = new FfmpegRun(this.#input, [], ['-map', `0:${index}`, '-vf', filters(), ...this.#outputOptions])
    const sampler = new DenseSampler(this.#job.limits.denseFps)
    let newest: FilmFrame | undefined
    for await (const frame of run.frames()) {
      newest = sampler.wants(frame.timeS) ? undefined : frame
      if (newest === undefined && !await this.#deliver(frame)) return
    }
    if (newest !== undefined) await this.#deliver(newest)
    this.#judge(run)
  }

  #judge (run: FfmpegRun): void {
    if (run.damaged) this.#undecided('undecodable')
  }

  async #deliver ({ timeS, native, data }: FilmFrame): Promise<boolean> {
    const { media } = this.#finding
    if (this.#frames >= this.#job.limits.videoFramesMax) {
      this.#undecided('framesBeyondLimit')
      this.#goOn = false
    } else {
      media.width ??= native.width
      media.height ??= native.height
      const raster = { data, ...rasterSizeOf(native), channels: 3 as const }
      this.#goOn = await this.#job.deliver({ frame: this.#frames++, timeS: Math.max(0, timeS), native, background: 'white', raster }) && !this.#job.isStopped()
    }
    return this.#goOn
  }
}

/**
 * `showinfo` tells time and upright size of each frame. The colour matrix is always BT.601, as in `libav-stream.ts`.
 * @param select a filter before it, with its comma
 */
function filters (select = ''): string {
  const side = (native: string): string => `min(${rasterSideMax}\\,${native})`
  return `${select}showinfo=checksum=0,scale=${side('iw')}:${side('ih')}:flags=bicubic:in_color_matrix=bt601,format=rgb24`
}
