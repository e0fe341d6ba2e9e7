import { type FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { answers } from './answers.js'
import { callerOf } from './caller.js'
import { listChangeSchema, listNameSchema, newListSchema } from './schemas.js'
import type { Services } from './services.js'

const tags = ['lists']

/** Lists and their policy; what stands on them is in item-routes.ts. */
export function listRoutes ({ lists, store }: Services): FastifyPluginAsyncTypebox {
  return async app => {
    app.get('/v1/lists', {
      schema: { operationId: 'readLists', summary: 'All lists with their policy', tags },
      config: { roles: ['operator', 'analyst'], answers: { 200: answers.lists } }
    }, async () => await Promise.all(lists.all().map(async ({ listId, ...list }) => ({ ...list, ...await store.countItems(listId) }))))

    app.post('/v1/lists', {
      schema: { operationId: 'createList', summary: 'Make a list', tags, body: newListSchema },
      config: { roles: ['operator'], answers: { 201: answers.list }, codes: ['listExists', 'listReserved'] }
    }, async (request, reply) => {
      const { listId, ...list } = await lists.create(request.body, callerOf(request).keyId)
      return await reply.code(201).send(list)
    })

    app.patch('/v1/lists/:list', {
      schema: { operationId: 'changeList', summary: 'Change what a list does', description: 'In force for the next check. Audited.', tags, params: listNameSchema, body: listChangeSchema },
      config: { roles: ['operator'], answers: { 200: answers.list }, codes: ['unknownList', 'listReserved'] }
    }, async request => {
      const { listId, ...list } = await lists.change(request.params.list, request.body, callerOf(request).keyId)
      return list
    })
  }
}
