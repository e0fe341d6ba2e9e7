import { type FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { KeersluisError } from '../errors.js'
import { answers } from './answers.js'
import type { Meters } from './metrics.js'
import type { Services } from './services.js'

const tags = ['operation']
const roles = ['operator'] as const

/** What a process supervisor asks: is the process alive? */
export const livenessRoute: FastifyPluginAsyncTypebox = async app => {
  app.get('/healthz', {
    schema: { operationId: 'isAlive', summary: 'Whether the process is alive', tags },
    config: { answers: { 200: answers.alive } }
  }, async () => ({ status: 'alive' }))
}

/** What a load balancer and a dashboard ask: ready, Prometheus metrics. */
export function operationRoutes (services: Services, meters: Meters): FastifyPluginAsyncTypebox {
  return async app => {
    app.get('/readyz', {
      schema: { operationId: 'isReady', summary: 'Whether the gate can decide', description: 'Open on the ops port; without one, to programs on the same machine.', tags },
      config: { roles, openOnLoopback: true, answers: { 200: answers.ready }, codes: ['notReady'] }
    }, async () => await readiness(services))

    app.get('/metrics', {
      schema: { operationId: 'readMetrics', summary: 'Prometheus metrics', description: 'Open on the ops port; without one, to programs on the same machine.', tags },
      config: { roles, openOnLoopback: true, answers: { 200: answers.metrics } }
    }, async (_request, reply) => await reply.type(meters.contentType).send(await meters.text()))
  }
}

/** What a ready gate says of itself. It listens only once its index is loaded, so that needs no question. */
async function readiness ({ decoders, index, spool, store }: Services): Promise<{ status: 'ready', listVersion: number, videoDecoder: string | null }> {
  await store.ping().catch(notReady('The store does not answer; see the log.'))
  await spool.ping().catch(notReady('The spool in the data folder cannot be written; see the log, and make room or put it right.'))
  const { video } = await decoders.abilities().catch(notReady('No decoder answers; see the log and keersluis doctor.'))
  return { status: 'ready', listVersion: index.version, videoDecoder: video?.decoder ?? null }
}

function notReady (message: string): (error: unknown) => never {
  return error => { throw new KeersluisError('notReady', message, { cause: error, retryAfterS: 5 }) }
}
