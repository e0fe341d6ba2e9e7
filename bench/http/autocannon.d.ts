/** The parts of autocannon 9 that the bench uses; the package brings no types. */
declare module 'autocannon' {
  import type { EventEmitter } from 'node:events'

  interface RequestOptions {
    method: string
    path: string
    headers: Record<string, string>
    body?: Buffer
    /** Called before each request; what it returns is sent. */
    setupRequest?: (request: RequestOptions) => RequestOptions
    onResponse?: (status: number, body: string) => void
  }

  interface Options {
    url: string
    connections: number
    /** Seconds. */
    duration: number
    /** Seconds. */
    timeout: number
    requests: RequestOptions[]
  }

  export interface Result {
    errors: number
    timeouts: number
  }

  interface Instance extends EventEmitter {
    on (event: 'response', listener: (client: unknown, status: number, bytes: number, elapsedMs: number) => void): this
  }

  export default function autocannon (options: Options, done: (error: Error | null, result: Result) => void): Instance
}
