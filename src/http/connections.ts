import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'

/**
 * Bounds how many connections are open, and closes those without a request when the gate closes: Node.js itself closes the ones that have
 * had a request, but waits for those that browsers and load balancers open ahead of one, and for those that began another.
 * @param onRefused told of each connection that was closed at once
 */
export function manageConnections (app: FastifyInstance, connectionsMax: number, onRefused: () => void): void {
  const { server } = app
  const requestsOf = new Map<Socket, number>()
  const count = (socket: Socket, change: number): void => {
    const requests = requestsOf.get(socket)
    if (requests !== undefined) requestsOf.set(socket, requests + change)
  }
  server.maxConnections = connectionsMax
  server.on('drop', onRefused)
  server.on('connection', (socket: Socket) => {
    requestsOf.set(socket, 0)
    socket.once('close', () => { requestsOf.delete(socket) })
  })
  server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    count(socket, 1)
    response.once('close', () => { count(socket, -1) })
  })
  app.addHook('preClose', async () => {
    for (const [socket, requests] of requestsOf) if (requests === 0) socket.destroy()
  })
}
