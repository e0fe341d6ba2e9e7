import type { ServerResponse } from 'node:http'

/** Aborted where the connection ends before the answer is out. Fastify's `request.signal` aborts as soon as a body is read. */
export function hangUpOf (response: ServerResponse): AbortSignal {
  const controller = new AbortController()
  response.once('close', () => { if (!response.writableFinished) controller.abort() })
  return controller.signal
}
