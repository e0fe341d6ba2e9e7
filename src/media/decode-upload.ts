import { addReason, type DecodeJob, type Finding } from './decode-job.js'
import type { MediaInfo } from './decoder.js'
import { isCutOff, saysEncrypted } from './boxes.js'
import { readHead } from './file-head.js'
import { decodeHeic } from './heic-decoder.js'
import type { ImageDecoder } from './image-decoder.js'
import { sequenceDemuxers } from './picture-sequence.js'
import { headBytes, sniff, sniffMedia, type Sniffed } from './sniff.js'
import { asMarkup, beginsWithSvg, isMarkup } from './svg.js'
import { filmDemuxers, soundDemuxers, type VideoDecoder } from './video-decoder.js'

/** How far into a file that is no film by its first bytes an MPEG stream (ISO/IEC 13818-1, 2.4.3 and 2.5.3) is looked for, and by how many packets it is known. */
const searchedBytes = 64 * 1024
const packetsNeeded = 8
const transportSync = 0x47
const packStart = Buffer.from('000001ba', 'hex')
/** More than any sound file has. */
const id3TagsMax = 8
/** How far into a text its first element is looked for. */
const markupBytesMax = 16 * 1024 * 1024
/** More than any animation has. */
const everyFrameFps = 1000
/** Formats made of boxes with lengths. */
const boxFormats = new Set(['mp4', 'mov', 'heic'])

export interface Decoders {
  image: ImageDecoder
  /** Loaded only when the first upload needs it. */
  video (): Promise<VideoDecoder | undefined>
}

/** Sniffs an upload and gives it to the decoder for it. Throws only where the gate itself is at fault. */
export async function decodeUpload (decoders: Decoders, job: DecodeJob): Promise<Finding> {
  const head = job.content?.subarray(0, headBytes) ?? readHead(job.path, headBytes)
  const sniffed = sniff(head)
  const media: MediaInfo = sniffMedia(head)
  if (media.format === 'unknown') return await decodeUnknown(decoders, job, media)
  if (media.kind === 'other') return await decodeOther(decoders, job, media)
  if (!sniffed.decodable) return { media, undecided: ['unsupported'] }
  const finding = media.kind === 'video' ? await decodeFilm(decoders, job, media) : await decodePicture(decoders, job, sniffed)
  const cutOff = boxFormats.has(media.format) && !finding.undecided.includes('undecodable') && await isCutOff(job.path)
  return cutOff ? { ...finding, undecided: [...finding.undecided, 'undecodable'] } : finding
}

async function decodePicture (decoders: Decoders, job: DecodeJob, sniffed: Sniffed): Promise<Finding> {
  const finding = sniffed.format === 'heic' ? await decodeHeic(job) : await decoders.image.decode(job, sniffed)
  const demuxers = await sequenceDemuxers(job.path, sniffed)
  if (demuxers.length > 0 && !job.isStopped()) await addSequence(decoders, job, finding, demuxers)
  return finding
}

/** Every frame of it, as of any animation. */
async function addSequence (decoders: Decoders, job: DecodeJob, finding: Finding, demuxers: string[]): Promise<void> {
  const { media, undecided } = finding
  media.kind = 'animation'
  const decoder = await decoders.video()
  if (decoder === undefined) {
    addReason(finding, 'decoderMissing')
    return
  }
  const stills = media.frames ?? 0
  const sequence = await decoder.decode({
    ...job,
    sampling: 'dense',
    limits: { ...job.limits, denseFps: everyFrameFps, videoFramesMax: Math.max(0, job.limits.animationFramesMax - stills) },
    deliver: async picture => await job.deliver({ ...picture, frame: stills + picture.frame }),
    announce: () => {}
  }, media.format, demuxers)
  media.frames = stills + (sequence.media.frames ?? 0)
  if (sequence.media.width !== undefined) Object.assign(media, { width: sequence.media.width, height: sequence.media.height })
  // A file may hold nothing but the track; that there is no still is then no harm.
  if (stills === 0 && media.frames > 0) undecided.splice(0)
  for (const reason of sequence.undecided) addReason(finding, reason)
}

async function decodeFilm (decoders: Decoders, job: DecodeJob, media: MediaInfo): Promise<Finding> {
  const decoder = await decoders.video()
  if (decoder === undefined) return { media, undecided: ['decoderMissing'] }
  const sound = soundDemuxers.get(media.format)
  if (sound !== undefined) return await decodeCover(decoder, job, media, sound)
  const finding = await decoder.decode(job, media.format, filmDemuxers)
  const isLocked = finding.media.frames === undefined && finding.undecided.includes('undecodable') && boxFormats.has(media.format) && await saysEncrypted(job.path)
  return isLocked ? { ...finding, undecided: ['encrypted'] } : finding
}

/** The pictures in a sound file. Sound that cannot be read is not held for that: it shows nothing. */
async function decodeCover (decoder: VideoDecoder, job: DecodeJob, media: MediaInfo, demuxers: readonly string[]): Promise<Finding> {
  let hasPicture = false
  const announce = (about: MediaInfo): void => {
    hasPicture = true
    job.announce(about)
  }
  const finding = await decoder.decode({ ...job, announce }, media.format, demuxers)
  const isOnlyDamaged = finding.undecided.every(reason => reason === 'undecodable')
  if (hasPicture || !isOnlyDamaged) return finding
  // Some players find a film of boxes or of Matroska there, FFmpeg's newer demuxers do not.
  if (isFilmBehindTag(job.path)) return { media: { kind: 'video', format: media.format }, undecided: ['unsupported'] }
  return { media: { kind: 'other', format: media.format }, undecided: [] }
}

/** Whether a film stands where an ID3 tag says that it ends: its length has seven bits a byte (id3.org, ID3v2.3, 3.1). */
function isFilmBehindTag (path: string): boolean {
  let end = 0
  for (let tags = 0; tags < id3TagsMax; tags++) {
    const head = readHead(path, headBytes, end)
    if (head.length < 10 || head.toString('latin1', 0, 3) !== 'ID3') {
      const { format, kind } = sniff(head)
      return kind === 'video' && !soundDemuxers.has(format)
    }
    end += 10 + [6, 7, 8, 9].reduce((length, at) => length * 128 + ((head[at] ?? 0) & 127), 0)
  }
  return true
}

/**
 * A film may begin behind junk, and players find it. What gives no frame is no film: most unknown files are none, and
 * a text must not be held because FFmpeg took it for a damaged recording.
 */
async function decodeUnknown (decoders: Decoders, job: DecodeJob, media: MediaInfo): Promise<Finding> {
  const searched = readHead(job.path, searchedBytes)
  if (isMarkup(asMarkup(searched)) && beginsWithSvg(asMarkup(readHead(job.path, markupBytesMax)))) return { media: { kind: 'image', format: 'svg' }, undecided: ['unsupported'] }
  return await decodeHidden(decoders, job, media, hasTransportPackets(searched) ? ['mpegts'] : filmDemuxers)
}

/** An archive or a document by its first bytes, which for players are junk before an MPEG stream as any other. */
async function decodeOther (decoders: Decoders, job: DecodeJob, media: MediaInfo): Promise<Finding> {
  const searched = readHead(job.path, searchedBytes)
  if (hasTransportPackets(searched)) return await decodeHidden(decoders, job, media, ['mpegts'])
  return searched.includes(packStart) ? await decodeHidden(decoders, job, media, ['mpeg']) : { media, undecided: [] }
}

async function decodeHidden (decoders: Decoders, job: DecodeJob, media: MediaInfo, demuxers: readonly string[]): Promise<Finding> {
  const decoder = await decoders.video()
  if (decoder === undefined) return { media, undecided: [] }
  // It is announced as a film only with its first frame.
  const finding = await decoder.decode({ ...job, announce: () => {} }, 'unknown', demuxers)
  return finding.media.frames === undefined ? { media, undecided: [] } : finding
}

/** FFmpeg's own probe wants the packets at the very beginning, or the name of a transport stream. */
function hasTransportPackets (bytes: Uint8Array): boolean {
  return [188, 192, 204].some(size => {
    for (let start = 0; start + size * (packetsNeeded - 1) < bytes.length; start++) {
      let packets = 0
      while (packets < packetsNeeded && bytes[start + packets * size] === transportSync) packets++
      if (packets === packetsNeeded) return true
    }
    return false
  })
}
