import { type FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Compile } from 'typebox/compile'
import { KeersluisError } from '../errors.js'
import type { ItemAdded } from '../service/known-material.js'
import { answers } from './answers.js'
import { callerOf } from './caller.js'
import { changesQuerySchema, importBodies, itemHashesSchema, itemNotesSchema, itemPathSchema, jobPathSchema, listNameSchema, reasonSchema, uploadBodies } from './schemas.js'
import type { HttpLimits, Services } from './services.js'
import { bodyOf, claimsJson, rawBodies, readJson, receiveUpload } from './upload.js'

/** Changes answered in one page. */
const changesPageMax = 1000

const tags = ['lists']

/** What stands on a list: additions, removals, changes. */
export function itemRoutes (services: Services, limits: HttpLimits): FastifyPluginAsyncTypebox {
  const { knownMaterial, lists } = services
  return async app => {
    await app.register(additionRoutes(services, limits))

    app.get('/v1/jobs/:id', {
      schema: { operationId: 'readJob', summary: 'How far an addition is that takes long', description: 'For as long as the process lives, and for the last 1,000 jobs.', tags, params: jobPathSchema },
      config: { roles: ['analyst'], answers: { 200: answers.job }, codes: ['unknownJob'] }
    }, async request => {
      const { result, ...job } = knownMaterial.job(request.params.id)
      return { ...job, ...(result === undefined ? {} : show(result)) }
    })

    app.delete('/v1/lists/:list/items/:id', {
      schema: { operationId: 'removeItem', summary: 'Take an item back', description: 'Unmatchable when it answers; again is no error. Audited.', tags, params: itemPathSchema, body: reasonSchema },
      config: { roles: ['analyst'], answers: { 200: answers.removed }, codes: ['unknownList', 'listReserved', 'unknownItem'] }
    }, async request => await knownMaterial.remove(lists.changeable(request.params.list).name, request.params.id, request.body.reason, callerOf(request).keyId))

    app.get('/v1/lists/:list/items', {
      schema: { operationId: 'readChanges', summary: 'What was added and removed since a list version', tags, params: listNameSchema, querystring: changesQuerySchema },
      config: { roles: ['analyst'], answers: { 200: answers.changes }, codes: ['unknownList'] }
    }, async request => {
      const [version, itemId] = request.query.cursor?.split('-').map(Number) ?? []
      const cursor = version === undefined || itemId === undefined ? undefined : { version, itemId }
      const changes = await knownMaterial.changes(request.params.list, request.query.sinceVersion, cursor, changesPageMax)
      const last = changes.at(-1)
      return { changes, nextCursor: changes.length < changesPageMax || last === undefined ? null : `${last.version}-${last.itemId}` }
    })
  }
}

/** Additions and imports read their body as a stream, as checks do; JSON is read here, too. */
function additionRoutes (services: Services, limits: HttpLimits): FastifyPluginAsyncTypebox {
  const { imports, knownMaterial, lists } = services
  const itemHashes = itemHashesSchema(limits.batchHashesMax)
  const isItemHashes = Compile(itemHashes)
  return async app => {
    rawBodies(app)
    app.post('/v1/lists/:list/items', {
      schema: {
        operationId: 'addItem',
        summary: 'Add known material',
        description: 'Matchable when it answers; the same bytes, or hashes that one item has already, are the same item, answered 200. What takes long is answered 202 with a job; its digests are in force then.',
        tags,
        params: listNameSchema,
        querystring: itemNotesSchema
      },
      config: {
        roles: ['analyst'],
        bodies: { ...uploadBodies, 'application/json': itemHashes },
        answers: { 200: answers.item, 201: answers.item, 202: answers.startedJob },
        codes: ['unknownList', 'listReserved', 'malformedHash', 'confirmCollision', 'requestTooLarge', 'emptyUpload', 'noFile', 'severalFiles', 'uploadInterrupted', 'uploadTooLarge', 'unsupportedMediaType', 'overloaded', 'dataDirUnusable']
      }
    }, async (request, reply) => {
      const caller = callerOf(request)
      const { list } = request.params
      lists.changeable(list)
      if (claimsJson(request)) {
        const body = await readJson(request, limits.requestBytesMax)
        if (!isItemHashes.Check(body)) throw new KeersluisError('invalidRequest', 'The body is {"hashes":[{"algorithm","value"}]}, with reference and category if you like.')
        const { hashes, ...notes } = body
        const added = await knownMaterial.addHashes(list, hashes, notes, caller.keyId)
        return await reply.code(added.created ? 201 : 200).send(show(added))
      }
      const received = await receiveUpload(request, services, limits)
      const added = await knownMaterial.addMedia(list, received, request.query, caller.keyId)
      return await reply.code(added.jobId !== undefined ? 202 : added.created ? 201 : 200).send(show(added))
    })

    app.post('/v1/lists/:list/imports', {
      schema: {
        operationId: 'importHashes',
        summary: 'Add a hash list of any length, an item for each hash',
        description: 'A text list, algorithm and hex on each line, or CSV whose first line names its columns. Matchable when it answers; to repeat it is no error.',
        tags,
        params: listNameSchema
      },
      config: { roles: ['operator'], bodies: importBodies, answers: { 200: answers.imported }, codes: ['unknownList', 'listReserved', 'unsupportedMediaType'] }
    }, async request => {
      if (claimsJson(request)) throw new KeersluisError('unsupportedMediaType', 'Send the list as text/plain or text/csv.')
      return await imports.run(request.params.list, bodyOf(request).iterator({ destroyOnReturn: false }), callerOf(request).keyId)
    })
  }
}

/** Without the hash values: whoever sent the bytes does not need them back. */
function show (added: ItemAdded): object {
  const entries = added.entries.map(({ entryId, algorithm, variant, timeS, matchable }) => ({ entryId, algorithm, variant, ...(timeS === undefined ? {} : { timeS }), matchable }))
  const { jobId, itemId, refused, reference, category, listVersion } = added
  return {
    ...(jobId === undefined ? {} : { jobId }),
    itemId,
    entries,
    refused,
    ...(reference === undefined ? {} : { reference }),
    ...(category === undefined ? {} : { category }),
    listVersion
  }
}
