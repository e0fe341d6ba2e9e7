import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Readable } from 'node:stream'
import { Type } from 'typebox'
import { exportFormats, exportList } from '../service/list-export.js'
import { listNameSchema } from './schemas.js'
import type { Services } from './services.js'

/** What only the owner of the data folder may do, over its socket: read hash values out, write files of this machine. */
export function localRoutes ({ lists, store }: Services): FastifyPluginAsyncTypebox {
  return async app => {
    app.get('/v1/lists/:list/export', {
      schema: { hide: true, params: listNameSchema, querystring: Type.Object({ format: Type.Enum([...exportFormats], { default: 'csv' }) }) },
      config: { roles: ['operator'] }
    }, async (request, reply) => {
      const { format } = request.query
      const parts = await exportList(request.params.list, format, { store, lists }, 'local')
      return await reply.type(format === 'csv' ? 'text/csv; charset=utf-8' : 'application/jsonl').send(Readable.from(parts))
    })

    app.post('/v1/backup', {
      schema: { hide: true, body: Type.Object({ file: Type.String({ minLength: 1, maxLength: 4096 }) }, { additionalProperties: false }) },
      config: { roles: ['operator'] }
    }, async request => {
      const { file } = request.body
      await store.backup(file)
      await store.appendAudit({ at: new Date(), actor: 'local', action: 'backupTaken' })
      return { file }
    })
  }
}
