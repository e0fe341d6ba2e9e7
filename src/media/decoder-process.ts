import { spawn, type ChildProcess } from 'node:child_process'
import type { Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { deathSignals } from './child-guard.js'
import { childArgument } from './child-options.js'
import type { DecoderOptions } from './decoder.js'
import { contentFd, encodeMessage, isFromChild, MessageReader, messagesFd, type FromChild, type ToChild } from './decoder-protocol.js'
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

const noPixels = new Uint8Array()

export type Death = 'deadline' | 'memory' | 'crash'

/** One decoder child: what it says, and what it died of. */
export class DecoderProcess {
  /** Jobs given to it. */
  jobs = 0
  /** Settles when the child is ready for a job; rejects where it does not start. */
  readonly ready: Promise<void>
  /** Settles when the child is gone. */
  readonly died: Promise<Death>
  /** Takes what the child says next, and the pixels of a picture; they stay as they are until that is answered. */
  onMessage: (message: FromChild, pixels: Uint8Array) => void = () => {}
  readonly #child: ChildProcess
  readonly #socket: Socket
  readonly #contentSocket: Socket
  readonly #rasters = new RasterFile()
  #cause: Death | undefined

  constructor (options: DecoderOptions) {
    const argument = childArgument({
      ownerPid: process.pid,
      memoryBytesMax: options.memoryBytesMax,
      videoDecoder: options.videoDecoder,
      ffmpegPath: options.ffmpegPath ?? '',
      searchPath: options.searchPath ?? '',
      warmVideo: options.startNow === 'video'
    })
    // `detached` makes it lead a process group: a program below it goes with it, and Ctrl-C at a terminal, which
    // reaches the whole foreground group, does not end the jobs that a graceful shutdown waits for.
    this.#child = spawn(process.execPath, [childProgram, argument], { detached: true, env: childEnvironment, stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe', this.#rasters.fd] })
    this.#socket = this.#child.stdio[messagesFd] as Socket
    this.#contentSocket = this.#child.stdio[contentFd] as Socket
    this.died = new Promise(resolve => {
      this.#child.once('error', () => {
        this.#rasters.close()
        resolve('crash')
      })
      this.#child.once('exit', (_code, signal) => {
        this.#killGroup()
        this.#rasters.close()
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

  /** Ends it at once. `died` then tells `cause`. */
  kill (cause: Death): void {
    this.#cause ??= cause
    this.#killGroup()
  }

  /** Lets it end, and kills it where it does not. */
  async close (): Promise<void> {
    this.#socket.end()
    const timer = setTimeout(() => this.kill('crash'), closeMsMax)
    await this.died
    clearTimeout(timer)
    this.#socket.destroy()
    this.#contentSocket.destroy()
  }

  async #start (): Promise<void> {
    const started = new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => this.kill('crash'), startMsMax)
      this.onMessage = ({ type }) => { if (type === 'ready') resolve() }
      this.died.then(() => reject(new Error('The decoder child did not start.'))).catch(reject)
      this.died.finally(() => clearTimeout(timer)).catch(reject)
      this.#clearStartTimer = () => clearTimeout(timer)
    })
    // Whoever waits for it sees the failure; a child that nobody waits for may fail unseen.
    started.catch(() => {})
    await started
    this.#clearStartTimer()
  }

  #clearStartTimer = (): void => {}

  #listen (): void {
    const reader = new MessageReader(isFromChild)
    this.#socket.on('data', (chunk: Buffer) => {
      try {
        for (const message of reader.push(chunk)) this.onMessage(message, message.type === 'picture' ? this.#rasters.read(message) : noPixels)
      } catch {
        this.kill('crash')
      }
    })
    // The child's exit tells the same, and why.
    for (const socket of [this.#socket, this.#contentSocket]) socket.on('error', () => {})
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

function causeOf (signal: NodeJS.Signals | null): Death {
  if (signal === deathSignals.memory) return 'memory'
  return signal === deathSignals.deadline ? 'deadline' : 'crash'
}
