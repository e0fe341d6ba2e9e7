import { Socket } from 'node:net'
import type { Raster } from '../hash/raster.js'
import { letHeapsGrow } from '../heap-growth.js'
import { childOptionsFrom } from './child-options.js'
import { startGuard } from './child-guard.js'
import { contentBytesMax, type DecodedPicture } from './decoder.js'
import { decodeUpload, type Decoders } from './decode-upload.js'
import { contentFd, encodeMessage, isToChild, MessageReader, messagesFd, picturesAhead, picturesPerAnswer, rastersFd, type FromChild, type ToChild } from './decoder-protocol.js'
import { FileBuffer } from './file-buffer.js'
import { ImageDecoder, imageFormats } from './image-decoder.js'
import { openVideoDecoder } from './open-video-decoder.js'
import { writeRaster } from './raster-file.js'

/**
 * The program of a decoder child: takes paths on its socket, answers pixels, ends when the socket does.
 * Hostile bytes are parsed here and nowhere else. Standard output and error lead nowhere, since decoders may print
 * pieces of what they read.
 */

letHeapsGrow()
const options = childOptionsFrom(process.argv)
const guard = startGuard(options)
const decoders: Decoders = { image: new ImageDecoder(), video: memo(async () => await openVideoDecoder(options)) }
const content = new FileBuffer(contentBytesMax)
const socket = new Socket({ fd: messagesFd, readable: true, writable: true })
const reader = new MessageReader(isToChild)
/** The picture flow of the running job. */
let flow = startFlow()

socket.on('data', (chunk: Buffer) => {
  for (const message of reader.push(chunk)) handle(message).catch(end)
})
socket.on('end', end)
socket.on('error', end)

if (options.warmVideo) await decoders.video()
send({ type: 'ready' })

/** The owner is gone, or this child cannot go on: nothing is worth keeping. */
function end (): void {
  process.kill(-process.pid, 'SIGKILL')
}

async function handle (message: ToChild): Promise<void> {
  if (message.type === 'decode') return await decode(message)
  if (message.type === 'abilities') return await tellAbilities()
  if (message.type === 'stop') flow.stopped = true
  else flow.unanswered -= picturesPerAnswer
  flow.wake()
}

async function tellAbilities (): Promise<void> {
  const video = await decoders.video()
  send({
    type: 'abilities',
    abilities: { imageFormats: [...imageFormats, 'heic'], video: video && { decoder: video.name, version: video.version } }
  })
}

async function decode (request: Extract<ToChild, { type: 'decode' }>): Promise<void> {
  flow = startFlow()
  guard.begin(request.limits.decodeMsMax)
  const { contentBytes, ...job } = request
  const bytes = contentBytes === undefined ? undefined : content.readNext(contentFd, contentBytes)
  if (contentBytes !== undefined && bytes === undefined) return end()
  const { media, undecided } = await decodeUpload(decoders, {
    ...job,
    ...(bytes === undefined ? {} : { content: bytes }),
    deliver,
    isStopped: () => flow.stopped,
    watchProgram: pid => guard.watchProgram(pid),
    announce: media => send({ type: 'media', media })
  })
  guard.end()
  guard.watchProgram(0)
  send({ type: 'outcome', media, undecided })
}

async function deliver ({ frame, timeS, native, background, raster, extent }: DecodedPicture): Promise<boolean> {
  const { width, height } = raster
  const slot = flow.delivered++ % picturesAhead
  leaveRaster(slot, raster)
  const message: FromChild = { type: 'picture', frame, native, background, raster: { width, height }, slot }
  if (timeS !== undefined) message.timeS = timeS
  if (extent !== undefined) message.extent = extent
  send(message)
  flow.unanswered++
  while (flow.unanswered >= picturesAhead && !flow.stopped) await new Promise<void>(resolve => { flow.wake = resolve })
  return !flow.stopped
}

function leaveRaster (slot: number, { data, width, height }: Raster): void {
  try {
    // Behind fewer of them would follow those of an earlier picture.
    if (data.length !== 3 * width * height) throw new RangeError('A raster has more or fewer pixels than its size says.')
    writeRaster(rastersFd, slot, data)
  } catch {
    // The gate is to blame, not the upload: it must not be taken for a damaged one.
    end()
  }
}

function startFlow (): { delivered: number, unanswered: number, stopped: boolean, wake: () => void } {
  return { delivered: 0, unanswered: 0, stopped: false, wake: () => {} }
}

function send (message: FromChild): void {
  socket.write(encodeMessage(message))
}

function memo<Value> (make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | undefined
  return () => {
    made ??= make()
    return made
  }
}
