import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { KeersluisError } from '../errors.js'
import { problemText } from './problem.js'

/** A refused caller has so long to read why. */
const refusedMsMax = 1_000
/** Refused callers that are told why at once; more are closed without a word. */
const refusedMax = 100

/**
 * Bounds how many connections are open, and closes those without a request when the gate closes: Node.js itself closes the ones that have
 * had a request, but waits for those that browsers and load balancers open ahead of one, and for those that began another.
 * One too many is answered `overloaded` before it asks: `fetch` of Node.js waits for ever on a connection that was closed at once.
 * @param onRefused told of each connection that was refused
 */
export function manageConnections (app: FastifyInstance, connectionsMax: number, onRefused: () => void): void {
  const { server } = app
  const requestsOf = new Map<Socket, number>()
  const count = (socket: Socket, change: number): void => {
    const requests = requestsOf.get(socket)
    if (requests !== undefined) requestsOf.set(socket, requests + change)
  }
  server.maxConnections = connectionsMax + refusedMax
  server.on('drop', onRefused)
  // Node.js' own listener reads requests from whatever it is given.
  const serve = server.listeners('connection')
  server.removeAllListeners('connection')
  server.on('connection', (socket: Socket) => {
    if (requestsOf.size >= connectionsMax) {
      onRefused()
      refuse(socket)
      return
    }
    requestsOf.set(socket, 0)
    socket.once('close', () => { requestsOf.delete(socket) })
    for (const listener of serve) listener.call(server, socket)
  })
  server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    count(socket, 1)
    response.once('close', () => { count(socket, -1) })
  })
  app.addHook('preClose', async () => {
    for (const [socket, requests] of requestsOf) if (requests === 0) socket.destroy()
  })
}

function refuse (socket: Socket): void {
  const error = new KeersluisError('overloaded', 'The gate has as many connections as it takes (connectionsMax); try again in a moment.', { retryAfterS: 1 })
  const timer = setTimeout(() => { socket.destroy() }, refusedMsMax)
  socket.on('error', () => {})
  socket.once('close', () => { clearTimeout(timer) })
  // What is sent is read away: closed with bytes unread, the connection would be reset, and the answer lost.
  socket.resume()
  socket.end(problemText(error))
}
