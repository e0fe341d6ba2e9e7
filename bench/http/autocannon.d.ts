/** The parts of autocannon 9 that the bench uses; the package brings no types. */
declare module 'autocannon' {
  import type { EventEmitter } from 'node:events'

  interface RequestOptions {
    method: string
    path: string
    headers: Record<string, string>
    body?: Buffer
  }

  /** One connection. */
  interface Client {
    /** Puts the bytes of each together, and keeps them in it. */
    setRequests: (requests: RequestOptions[]) => void
    /** Not in its documentation: `nextRequest` says before each request which one it is. */
    requestIterator: { currentRequest: RequestOptions, nextRequest: () => RequestOptions }
  }

  interface Options {
    url: string
    connections: number
    /** Seconds. */
    duration: number
    /** Seconds. */
    timeout: number
    /** Milliseconds between two looks whether it is over. */
    sampleInt: number
    requests: RequestOptions[]
    setupClient: (client: Client) => void
  }

  export interface Result {
    errors: number
    timeouts: number
  }

  interface Instance extends EventEmitter {
    on (event: 'response', listener: (client: unknown, status: number, bytes: number, elapsedMs: number) => void): this
    /** Not in its documentation: ends it before its duration is over. */
    stop (): void
  }

  export default function autocannon (options: Options, done: (error: Error | null, result: Result) => void): Instance
}
