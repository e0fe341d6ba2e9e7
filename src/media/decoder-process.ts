import { spawn, type ChildProcess } from 'node:child_process'
import type { Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { deathSignals } from './child-guard.js'
import { childArgument } from './child-options.js'
import type { DecoderOptions } from './decoder.js'
import { contentFd, encodeMessage, isFromChild, MessageReader, messagesFd, ProtocolError, type FromChild, type PictureMessage, type ToChild } from './decoder-protocol.js'
import { RasterFile } from './raster-file.js'

const childProgram = fileURLToPath(new URL('./decoder-child.js', import.meta.url))
/** A child that says nothing for so long will not start any more. */
const startMsMax = 30_000
/** Time to end by itself, before it is killed. */
const closeMsMax = 2_000

/** Nothing of the owner's environment: keys and secrets have no business in a process that parses uploads. */
const childEnvironment = {
  // The file read and libvips' worker, which wait for each other's result.
  UV_THREADPOOL_SIZE: '2',
  // glibc keeps an arena for every thread otherwise, and large pictures stay resident in each.
  MALLOC_ARENA_MAX: '2'
}

export type Death = 'deadline' | 'memory' | 'crash'

/** One decoder child: what it says, and what it died of. */
export class DecoderProcess {
  /** Jobs given to it. */
  jobs = 0
  /** Settles when the child is ready for a job; rejects where it does not start. */
  readonly ready: Promise<void>
  /** Settles when the child is gone. */
  readonly died: Promise<Death>
  /** Takes what the child says next; what it throws ends the child. Unasked the child has nothing to say. */
  onMessage: (message: FromChild) => void = refuse
  readonly #child: ChildProcess
  readonly #socket: Socket
  readonly #contentSocket: Socket
  readonly #rasters: RasterFile
  #cause: Death | undefined
  /** The process is gone, and its number may be another's. */
  #isGone = false

  /**
   * @param program what runs in it
   * @throws Error where the system has no room or no file descriptors for another process
   */
  constructor (options: DecoderOptions, program = childProgram) {
    this.#rasters = new RasterFile()
    const { child, socket, contentSocket } = startChild(options, program, this.#rasters)
    this.#child = child
    this.#socket = socket
    this.#contentSocket = contentSocket
    this.died = new Promise(resolve => {
      child.once('error', () => {
        this.#leave()
        resolve('crash')
      })
      child.once('exit', (_code, signal) => {
        this.#killGroup()
        this.#leave()
        resolve(this.#cause ?? causeOf(signal))
      })
    })
    this.ready = this.#start()
    this.#listen()
  }

  get pid (): number | undefined { return this.#child.pid }

  send (message: ToChild): void {
    this.#socket.write(encodeMessage(message))
  }

  /** What a message has announced. It must stay as it is until the child has answered. */
  sendContent (content: readonly Uint8Array[]): void {
    for (const chunk of content) this.#contentSocket.write(chunk)
  }

  /** Whether a part of the content was not sent yet, since the child does not read it. */
  get hasUnreadContent (): boolean { return this.#contentSocket.writableLength > 0 }

  /**
   * RGB of a picture that the child has told of, to be used until that is answered.
   * @throws ProtocolError where the child is gone
   */
  pixelsOf (message: PictureMessage): Uint8Array {
    return this.#rasters.read(message)
  }

  /** Ends it at once, and listens to nothing more that it has said. `died` then tells `cause`. */
  kill (cause: Death): void {
    if (this.#isGone) return
    this.#cause ??= cause
    this.#killGroup()
    this.#hangUp()
  }

  /** Lets it end, and kills it where it does not. */
  async close (): Promise<void> {
    this.#socket.end()
    const timer = setTimeout(() => this.kill('crash'), closeMsMax)
    await this.died
    clearTimeout(timer)
  }

  #start (): Promise<void> {
    const ready = new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => this.kill('crash'), startMsMax)
      this.onMessage = message => {
        if (message.type !== 'ready') refuse(message)
        clearTimeout(timer)
        this.onMessage = refuse
        resolve()
      }
      this.died.then(() => {
        clearTimeout(timer)
        reject(new Error('The decoder child did not start.'))
      }).catch(reject)
    })
    // Whoever waits for it sees the failure; a child that nobody waits for may fail unseen.
    ready.catch(() => {})
    return ready
  }

  #listen (): void {
    const reader = new MessageReader(isFromChild)
    this.#socket.on('data', (chunk: Buffer) => {
      try {
        for (const message of reader.push(chunk)) this.onMessage(message)
      } catch {
        this.kill('crash')
      }
    })
    // The child's exit tells the same, and why.
    for (const socket of [this.#socket, this.#contentSocket]) socket.on('error', () => {})
  }

  #leave (): void {
    this.#isGone = true
    this.#rasters.close()
    this.#hangUp()
  }

  #hangUp (): void {
    this.#socket.destroy()
    this.#contentSocket.destroy()
  }

  #killGroup (): void {
    const { pid } = this.#child
    if (pid === undefined) return
    try {
      process.kill(-pid, 'SIGKILL')
    } catch {
      // Nothing of the group is left.
    }
  }
}

/** @throws ProtocolError always: this was not to be said now */
export function refuse ({ type }: FromChild): never {
  throw new ProtocolError(`A decoder child says '${type}' unasked.`)
}

/** @throws Error where the system starts none; the file is closed then */
function startChild (options: DecoderOptions, program: string, rasters: RasterFile): { child: ChildProcess, socket: Socket, contentSocket: Socket } {
  const argument = childArgument({
    ownerPid: process.pid,
    memoryBytesMax: options.memoryBytesMax,
    videoDecoder: options.videoDecoder,
    ffmpegPath: options.ffmpegPath ?? '',
    searchPath: options.searchPath ?? '',
    warmVideo: options.startNow === 'video'
  })
  try {
    // `detached` makes it lead a process group: a program below it goes with it, and Ctrl-C at a terminal, which
    // reaches the whole foreground group, does not end the jobs that a graceful shutdown waits for.
    const child = spawn(process.execPath, [program, argument], { detached: true, env: childEnvironment, stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe', rasters.fd] })
    // Nobody else may listen yet, or any more.
    child.on('error', () => {})
    // Where no descriptors were left for them, there are none.
    const pipes: ChildProcess['stdio'] | undefined = child.stdio
    if (pipes === undefined) throw new Error('There are no file descriptors left for a decoder child.')
    return { child, socket: pipes[messagesFd] as Socket, contentSocket: pipes[contentFd] as Socket }
  } catch (error) {
    rasters.close()
    throw error
  }
}

function causeOf (signal: NodeJS.Signals | null): Death {
  if (signal === deathSignals.memory) return 'memory'
  return signal === deathSignals.deadline ? 'deadline' : 'crash'
}
