import { Socket } from 'node:net'
import { letHeapsGrow } from '../heap-growth.js'
import { childOptionsFrom } from './child-options.js'
import { startGuard } from './child-guard.js'
import { contentBytesMax, type DecodedPicture } from './decoder.js'
import { decodeUpload, type Decoders } from './decode-upload.js'
import { contentFd, encodeMessage, isToChild, MessageReader, messagesFd, picturesAhead, picturesPerAnswer, type FromChildHeader, type ToChildHeader } from './decoder-protocol.js'
import { FileBuffer } from './file-buffer.js'
import { ImageDecoder, imageFormats } from './image-decoder.js'
import { openVideoDecoder } from './open-video-decoder.js'

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
let flow = { unanswered: 0, stopped: false, wake: () => {} }

socket.on('data', (chunk: Buffer) => {
  for (const { header } of reader.push(chunk)) handle(header).catch(end)
})
socket.on('end', end)
socket.on('error', end)

if (options.warmVideo) await decoders.video()
send({ type: 'ready' })

/** The owner is gone, or this child cannot go on: nothing is worth keeping. */
function end (): void {
  process.kill(-process.pid, 'SIGKILL')
}

async function handle (message: ToChildHeader): Promise<void> {
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

async function decode (request: Extract<ToChildHeader, { type: 'decode' }>): Promise<void> {
  flow = { unanswered: 0, stopped: false, wake: () => {} }
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
  const { data, width, height } = raster
  const header: FromChildHeader = { type: 'picture', frame, native, background, raster: { width, height } }
  if (timeS !== undefined) header.timeS = timeS
  if (extent !== undefined) header.extent = extent
  send(header, data)
  flow.unanswered++
  while (flow.unanswered >= picturesAhead && !flow.stopped) await new Promise<void>(resolve => { flow.wake = resolve })
  return !flow.stopped
}

function send (header: FromChildHeader, ...body: Uint8Array[]): void {
  socket.cork()
  for (const chunk of encodeMessage(header, ...body)) socket.write(chunk)
  socket.uncork()
}

function memo<Value> (make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | undefined
  return () => {
    made ??= make()
    return made
  }
}
