import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'

/**
 * Bounds how many connections are open, and closes those without a request when the gate closes: Node.js itself closes the ones that have
 * had a request, but waits for those that browsers and load balancers open ahead of one.
 * @param onRefused told of each connection that was closed at once
 */
export function manageConnections (app: FastifyInstance, connectionsMax: number, onRefused: () => void): void {
  const { server } = app
  const silent = new Set<Socket>()
  server.maxConnections = connectionsMax
  server.on('drop', onRefused)
  server.on('connection', (socket: Socket) => {
    silent.add(socket)
    socket.once('close', () => { silent.delete(socket) })
  })
  server.on('request', ({ socket }: IncomingMessage) => { silent.delete(socket) })
  app.addHook('preClose', async () => {
    for (const socket of silent) socket.destroy()
  })
}
