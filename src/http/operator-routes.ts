import { type FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { answers } from './answers.js'
import { callerOf } from './caller.js'
import { auditQuerySchema, keyPathSchema, newKeySchema } from './schemas.js'
import type { Services } from './services.js'

/** Audit records answered in one page. */
const auditPageMax = 1000

const tags = ['operation']
const roles = ['operator'] as const

/** Keys and the audit log. */
export function operatorRoutes (services: Services): FastifyPluginAsyncTypebox {
  const { accounts, store } = services
  return async app => {
    app.get('/v1/audit', {
      schema: { operationId: 'readAudit', summary: 'The hash-chained audit log', tags, querystring: auditQuerySchema },
      config: { roles, answers: { 200: answers.audit } }
    }, async request => ({ records: await store.auditRecords(request.query.after, auditPageMax) }))

    app.get('/v1/audit/verification', {
      schema: { operationId: 'verifyAudit', summary: 'Whether the audit log is whole', tags },
      config: { roles, answers: { 200: answers.verification } }
    }, async () => await store.verifyAudit())

    app.get('/v1/keys', {
      schema: { operationId: 'listKeys', summary: 'All keys, without the keys themselves', tags },
      config: { roles, answers: { 200: answers.keys } }
    }, async () => await accounts.list())

    app.post('/v1/keys', {
      schema: { operationId: 'createKey', summary: 'Make a key', tags, body: newKeySchema },
      config: { roles, answers: { 201: answers.newKey } }
    }, async (request, reply) => await reply.code(201).send(await accounts.create(request.body, callerOf(request).keyId)))

    app.delete('/v1/keys/:id', {
      schema: { operationId: 'revokeKey', summary: 'Revoke a key, at once', tags, params: keyPathSchema },
      config: { roles, answers: { 204: answers.nothing }, codes: ['unknownKey'] }
    }, async (request, reply) => {
      await accounts.revoke(request.params.id, callerOf(request).keyId)
      return await reply.code(204).send()
    })
  }
}
