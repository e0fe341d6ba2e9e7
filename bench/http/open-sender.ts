import { connect, type Socket } from 'node:net'

export interface Answer {
  /** The status, or what ended the connection: the code of its error. */
  what: string
  hasRetryAfter: boolean
  /** From the first byte of the request sent to the head of the answer read. */
  elapsedMs: number
}

const answerMsMax = 60_000
const headCharsMax = 16_384

/**
 * Sends requests that were put together before, and never waits for one to send the next: on an idle connection, or on a new
 * one. A client library would take processor time from the gate for each of them.
 */
export class OpenSender {
  readonly #host: string
  readonly #port: number
  readonly #idle: Connection[] = []
  readonly #all = new Set<Connection>()

  constructor (url: string) {
    const { hostname, port } = new URL(url)
    this.#host = hostname
    this.#port = Number(port)
  }

  /** Never rejects. */
  async send (request: Buffer): Promise<Answer> {
    const connection = this.#idle.pop() ?? await this.#open()
    const answer = connection.send(request, () => { this.#idle.push(connection) })
    return await answer
  }

  close (): void {
    for (const connection of this.#all) connection.destroy()
  }

  async #open (): Promise<Connection> {
    const socket = connect(this.#port, this.#host)
    const connection = new Connection(socket)
    this.#all.add(connection)
    socket.once('close', () => {
      this.#all.delete(connection)
      const at = this.#idle.indexOf(connection)
      if (at >= 0) this.#idle.splice(at, 1)
    })
    // A new connection first needs its handshake, which is no part of the answer.
    await new Promise(resolve => { socket.once('connect', resolve).once('close', resolve) })
    return connection
  }
}

/** One connection with at most one request on it. */
class Connection {
  readonly #socket: Socket
  #ended = 'ECONNRESET'
  #text = ''
  #isWritten = true
  #answered: (what: string, hasRetryAfter: boolean) => void = () => {}
  #freed: () => void = () => {}

  constructor (socket: Socket) {
    this.#socket = socket
    socket.setTimeout(answerMsMax, () => { this.#end('timeout') })
    socket.on('error', (error: NodeJS.ErrnoException) => { this.#ended = error.code ?? error.message })
    socket.on('close', () => { this.#answered(this.#ended, false) })
    socket.on('data', (chunk: Buffer) => { this.#read(chunk.toString('latin1')) })
  }

  /** `freed` is called when the answer is read to its end, the request is written, and the connection goes on. */
  async send (request: Buffer, freed: () => void): Promise<Answer> {
    this.#freed = freed
    this.#isWritten = false
    const from = performance.now()
    return await new Promise(resolve => {
      this.#answered = (what, hasRetryAfter) => {
        this.#answered = () => {}
        resolve({ what, hasRetryAfter, elapsedMs: performance.now() - from })
      }
      if (this.#socket.destroyed) this.#answered(this.#ended, false)
      else this.#socket.write(request, () => { this.#isWritten = true; this.#freeIfDone() })
    })
  }

  destroy (): void {
    this.#socket.destroy()
  }

  #end (why: string): void {
    this.#ended = why
    this.#socket.destroy()
  }

  #read (text: string): void {
    this.#text += text
    const head = this.#head()
    if (head !== undefined) this.#answered(head.slice(9, 12), /\r\nretry-after:/i.test(head))
    else if (this.#text.length > headCharsMax) this.#end('no answer')
    this.#freeIfDone()
  }

  /** Up to the empty line; `undefined` where it has not all come. */
  #head (): string | undefined {
    const end = this.#text.indexOf('\r\n\r\n')
    return end < 0 ? undefined : this.#text.slice(0, end + 2)
  }

  #freeIfDone (): void {
    const head = this.#head()
    if (!this.#isWritten || head === undefined) return
    const bodyChars = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? Number.NaN)
    if (Number.isNaN(bodyChars) || /\r\nconnection: *close/i.test(head)) this.#end('closed')
    else if (this.#text.length >= head.length + 2 + bodyChars) {
      this.#text = ''
      this.#freed()
    }
  }
}
