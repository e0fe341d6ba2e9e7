import { type FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { KeersluisError } from '../errors.js'
import { showAnswer, showMatch } from '../service/check.js'
import type { Authenticate } from './auth.js'
import type { Meters } from './metrics.js'
import { hashBatchSchema, resolutionSchema } from './schemas.js'
import type { HttpLimits, Services } from './services.js'
import { rawBodies, receiveUpload } from './upload.js'

/** Checks: an upload, bare hashes, a kept check and its resolution. */
export function checkRoutes (services: Services, limits: HttpLimits, authenticate: Authenticate, meters: Meters): FastifyPluginAsyncTypebox {
  return async app => {
    await app.register(async uploads => {
      rawBodies(uploads)
      uploads.post('/v1/checks', async request => {
        const caller = await authenticate(request, 'provider')
        const { upload, lane } = await receiveUpload(request, services, limits)
        const answer = await services.checks.check(upload, lane, caller.keyId)
        meters.checked(answer.verdict, answer.media.kind, answer.elapsedMs)
        return showAnswer(answer, caller.detail)
      })
    })

    app.post('/v1/checks/hashes', { schema: { body: hashBatchSchema(limits.batchHashesMax) } }, async request => {
      const caller = await authenticate(request, 'provider')
      if (!caller.allowHashes) throw new KeersluisError('hashesNotAllowed', 'Ask the operator for a key made with --allow hashes.')
      const { listVersion, decisions } = await services.hashChecks.check(request.body.hashes)
      return {
        listVersion,
        results: decisions.map(({ verdict, reasons, matches }) => caller.detail === 'full'
          ? { verdict, reasons, matches: matches.map(match => showMatch(match, 'full')) }
          : { verdict, lists: [...new Set(matches.filter(match => !match.excluded).map(match => match.hit.list.name))] })
      }
    })

    app.get('/v1/checks/:id', { schema: { params: Type.Object({ id: Type.String({ maxLength: 64 }) }) } }, async request => {
      const caller = await authenticate(request, 'provider', 'analyst')
      const check = await services.store.keptCheck(request.params.id)
      const mayRead = check !== undefined && (caller.roles.includes('analyst') || check.keyId === caller.keyId)
      if (!mayRead) throw new KeersluisError('notKept', 'No check is kept under this id; allowed checks are never kept.')
      const answer = JSON.parse(check.answer) as Record<string, unknown> & { matches: Record<string, unknown>[] }
      if (caller.detail === 'short') answer.matches = answer.matches.map(({ list, category, reference, kind, enforced, excluded }) => ({ list, category, reference, kind, enforced, excluded }))
      const verdict = check.resolution === undefined ? check.verdict : check.resolution.action === 'release' ? 'allow' : 'block'
      return { ...answer, verdict, ...(check.resolution === undefined ? {} : { resolution: check.resolution }), expiresAt: check.expiresAt }
    })

    app.post('/v1/checks/:id/resolution', {
      schema: { params: Type.Object({ id: Type.String({ maxLength: 64 }) }), body: resolutionSchema }
    }, async request => {
      const caller = await authenticate(request, 'provider', 'analyst')
      const check = await services.store.keptCheck(request.params.id)
      const may = check !== undefined && (caller.roles.includes('analyst') || (check.keyId === caller.keyId && check.undecided))
      if (!may) throw new KeersluisError('notKept', 'No check that you may resolve is kept under this id.')
      const at = new Date()
      const resolution = { ...request.body, at: at.toISOString(), by: caller.keyId }
      const resolved = await services.store.resolveCheck(check.id, resolution, { at, actor: caller.keyId, action: 'checkResolved' })
      if (!resolved) throw new KeersluisError('alreadyResolved', 'Only a held check can be resolved, and only once.')
      return { id: check.id, verdict: resolution.action === 'release' ? 'allow' : 'block', resolution }
    })
  }
}
