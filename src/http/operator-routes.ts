import { type FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { Authenticate } from './auth.js'
import { auditQuerySchema, newKeySchema } from './schemas.js'
import type { Services } from './services.js'

/** Audit records answered in one page. */
const auditPageMax = 1000

/** Keys and the audit log. */
export function operatorRoutes (services: Services, authenticate: Authenticate): FastifyPluginAsyncTypebox {
  const { accounts, store } = services
  return async app => {
    app.get('/v1/audit', { schema: { querystring: auditQuerySchema } }, async request => {
      await authenticate(request, 'operator')
      return { records: await store.auditRecords(request.query.after, auditPageMax) }
    })

    app.get('/v1/audit/verification', async request => {
      await authenticate(request, 'operator')
      return await store.verifyAudit()
    })

    app.get('/v1/keys', async request => {
      await authenticate(request, 'operator')
      return await accounts.list()
    })

    app.post('/v1/keys', { schema: { body: newKeySchema } }, async (request, reply) => {
      const caller = await authenticate(request, 'operator')
      return await reply.code(201).send(await accounts.create(request.body, caller.keyId))
    })

    app.delete('/v1/keys/:id', { schema: { params: Type.Object({ id: Type.String({ maxLength: 100 }) }) } }, async (request, reply) => {
      const caller = await authenticate(request, 'operator')
      await accounts.revoke(request.params.id, caller.keyId)
      return await reply.code(204).send()
    })
  }
}
