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
      schema: { operationId: 'isReady', summary: 'Whether the gate can decide', description: 'Open on the ops port.', tags },
      config: { roles, answers: { 200: answers.ready }, codes: ['notReady'] }
    }, async () => {
      const problem = await problemOf(services)
      if (problem !== undefined) throw new KeersluisError('notReady', problem, { retryAfterS: 5 })
      return { status: 'ready', listVersion: services.index.version }
    })

    app.get('/metrics', {
      schema: { operationId: 'readMetrics', summary: 'Prometheus metrics', description: 'Open on the ops port.', tags },
      config: { roles, answers: { 200: answers.metrics } }
    }, async (_request, reply) => await reply.type(meters.contentType).send(await meters.text()))
  }
}

/** Why the gate cannot decide now. It listens only once its index is loaded, so that needs no question. */
async function problemOf ({ store }: Services): Promise<string | undefined> {
  const storeAnswers = await store.ping().then(() => true, () => false)
  return storeAnswers ? undefined : 'The store does not answer; see the log.'
}
