import { type FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Authenticate } from './auth.js'
import type { Meters } from './metrics.js'
import type { Services } from './services.js'

/** What supervisors and dashboards ask: alive, ready, Prometheus metrics. */
export function healthRoutes (services: Services, authenticate: Authenticate, meters: Meters): FastifyPluginAsyncTypebox {
  return async app => {
    app.get('/healthz', async () => ({ status: 'alive' }))

    app.get('/readyz', async request => {
      await authenticate(request, 'operator')
      await services.store.ping()
      return { status: 'ready', listVersion: services.index.version }
    })

    app.get('/metrics', async (request, reply) => {
      await authenticate(request, 'operator')
      return await reply.type(meters.contentType).send(await meters.text())
    })
  }
}
