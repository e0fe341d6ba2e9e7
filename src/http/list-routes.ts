import { type FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Compile } from 'typebox/compile'
import { KeersluisError } from '../errors.js'
import type { ItemAdded } from '../service/known-material.js'
import type { Authenticate } from './auth.js'
import { changesQuerySchema, itemHashesSchema, itemNotesSchema, itemPathSchema, jobPathSchema, listChangeSchema, listNameSchema, newListSchema, reasonSchema } from './schemas.js'
import type { HttpLimits, Services } from './services.js'
import { bodyOf, rawBodies, readJson, receiveUpload } from './upload.js'

/** Changes answered in one page. */
const changesPageMax = 1000

/** Lists and what stands on them. */
export function listRoutes (services: Services, limits: HttpLimits, authenticate: Authenticate): FastifyPluginAsyncTypebox {
  const { imports, knownMaterial, lists, store } = services
  const itemHashes = Compile(itemHashesSchema(limits.batchHashesMax))
  return async app => {
    app.get('/v1/lists', async request => {
      await authenticate(request, 'operator', 'analyst')
      return await Promise.all(lists.all().map(async ({ listId, ...list }) => ({ ...list, ...await store.countItems(listId) })))
    })

    app.post('/v1/lists', { schema: { body: newListSchema } }, async (request, reply) => {
      const caller = await authenticate(request, 'operator')
      const { listId, ...list } = await lists.create(request.body, caller.keyId)
      return await reply.code(201).send(list)
    })

    app.patch('/v1/lists/:list', { schema: { params: listNameSchema, body: listChangeSchema } }, async request => {
      const caller = await authenticate(request, 'operator')
      const { listId, ...list } = await lists.change(request.params.list, request.body, caller.keyId)
      return list
    })

    const uploadRoutes: FastifyPluginAsyncTypebox = async uploads => {
      rawBodies(uploads)
      uploads.post('/v1/lists/:list/items', { schema: { params: listNameSchema, querystring: itemNotesSchema } }, async (request, reply) => {
        const caller = await authenticate(request, 'analyst')
        const { list } = request.params
        lists.byName(list)
        if (request.headers['content-type']?.startsWith('application/json') === true) {
          const body = await readJson(request, limits.requestBytesMax)
          if (!itemHashes.Check(body)) throw new KeersluisError('invalidRequest', 'The body is {"hashes":[{"algorithm","value"}]}, with reference and category if you like.')
          const { hashes, ...notes } = body
          return await reply.code(201).send(show(await knownMaterial.addHashes(list, hashes, notes, caller.keyId)))
        }
        const received = await receiveUpload(request, services, limits)
        const added = await knownMaterial.addMedia(list, received, request.query, caller.keyId)
        return await reply.code(added.jobId !== undefined ? 202 : added.created ? 201 : 200).send(show(added))
      })
      uploads.post('/v1/lists/:list/imports', { schema: { params: listNameSchema } }, async request => {
        const caller = await authenticate(request, 'operator')
        if (request.headers['content-type']?.startsWith('application/json') === true) throw new KeersluisError('unsupportedMediaType', 'Send the list as text/plain or text/csv.')
        return await imports.run(request.params.list, bodyOf(request), caller.keyId)
      })
    }
    await app.register(uploadRoutes)

    app.get('/v1/jobs/:id', { schema: { params: jobPathSchema } }, async request => {
      await authenticate(request, 'analyst')
      const { result, ...job } = knownMaterial.job(request.params.id)
      return { ...job, ...(result === undefined ? {} : show(result)) }
    })

    app.delete('/v1/lists/:list/items/:id', { schema: { params: itemPathSchema, body: reasonSchema } }, async request => {
      const caller = await authenticate(request, 'analyst')
      return await knownMaterial.remove(request.params.list, request.params.id, request.body.reason, caller.keyId)
    })

    app.get('/v1/lists/:list/items', { schema: { params: listNameSchema, querystring: changesQuerySchema } }, async request => {
      await authenticate(request, 'analyst')
      const [version, itemId] = request.query.cursor?.split('-').map(Number) ?? []
      const cursor = version === undefined || itemId === undefined ? undefined : { version, itemId }
      const changes = await knownMaterial.changes(request.params.list, request.query.sinceVersion, cursor, changesPageMax)
      const last = changes.at(-1)
      return { changes, nextCursor: changes.length < changesPageMax || last === undefined ? null : `${last.version}-${last.itemId}` }
    })
  }
}

/** Without the hash values: whoever sent the bytes does not need them back. */
function show (added: ItemAdded): object {
  const entries = added.entries.map(({ entryId, algorithm, variant, timeS, matchable }) => ({ entryId, algorithm, variant, ...(timeS === undefined ? {} : { timeS }), matchable }))
  return { ...(added.jobId === undefined ? {} : { jobId: added.jobId }), itemId: added.itemId, entries, refused: added.refused, listVersion: added.listVersion }
}
