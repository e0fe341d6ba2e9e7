import { type FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { KeersluisError } from '../errors.js'
import { showAnswer, showMatch } from '../service/check-answer.js'
import { answers } from './answers.js'
import { callerOf } from './caller.js'
import { hangUpOf } from './hang-up.js'
import type { Meters } from './metrics.js'
import type { RateLimits } from './rate-limits.js'
import { checkPathSchema, hashBatchSchema, resolutionSchema, uploadBodies } from './schemas.js'
import type { HttpLimits, Services } from './services.js'
import { rawBodies, receiveUpload } from './upload.js'

const tags = ['checks']

/** Checks: an upload, bare hashes, a kept check and its resolution. */
export function checkRoutes (services: Services, limits: HttpLimits, rateLimits: RateLimits, meters: Meters): FastifyPluginAsyncTypebox {
  return async app => {
    await app.register(async uploads => {
      rawBodies(uploads)
      uploads.post('/v1/checks', {
        schema: { operationId: 'checkUpload', summary: 'Check an upload before it is published', tags },
        config: {
          roles: ['provider'],
          counted: 'check',
          bodies: uploadBodies,
          answers: { 200: answers.check },
          codes: ['emptyUpload', 'noFile', 'severalFiles', 'uploadInterrupted', 'uploadTooLarge', 'unsupportedMediaType', 'overloaded', 'dataDirUnusable']
        }
      }, async (request, reply) => {
        const caller = callerOf(request)
        const signal = hangUpOf(reply.raw)
        const { upload, lane } = await receiveUpload(request, services, limits)
        const { answer, timings } = await services.checks.check(upload, lane, caller.keyId, signal)
        meters.checked(answer.verdict, answer.media.kind, answer.elapsedMs)
        meters.reasoned(answer.reasons)
        if (timings !== undefined) meters.staged(answer.media.kind, timings)
        return showAnswer(answer, caller.detail)
      })
    })

    app.post('/v1/checks/hashes', {
      schema: {
        operationId: 'checkHashes',
        summary: 'Check bare hashes: the content never leaves the provider',
        description: 'For keys made with --allow hashes. All hashes of the call count on the key, or none where they do not fit.',
        tags,
        body: hashBatchSchema(limits.batchHashesMax)
      },
      config: { roles: ['provider'], answers: { 200: answers.hashChecks }, codes: ['malformedHash', 'hashesNotAllowed', 'overloaded'] }
    }, async request => {
      const caller = callerOf(request)
      if (!caller.allowHashes) throw new KeersluisError('hashesNotAllowed', 'Ask the operator for a key made with --allow hashes.')
      const { hashes } = request.body
      rateLimits.countHashes(request, hashes.reduce((sum, hash) => sum + 1 + (hash.orientations?.length ?? 0), 0))
      const { listVersion, decisions } = await services.hashChecks.check(hashes)
      return {
        listVersion,
        results: decisions.map(({ verdict, reasons, matches }) => caller.detail === 'full'
          ? { verdict, reasons, matches: matches.map(match => showMatch(match, 'full')) }
          : { verdict, lists: [...new Set(matches.filter(match => !match.excluded).map(match => match.hit.list.name))] })
      }
    })

    app.get('/v1/checks/:id', {
      schema: { operationId: 'readCheck', summary: 'A kept check with its current verdict', description: 'For analysts, and for the key that sent it. Allowed checks are never kept.', tags, params: checkPathSchema },
      config: { roles: ['provider', 'analyst'], answers: { 200: answers.keptCheck }, codes: ['notKept'] }
    }, async request => await services.keptChecks.find(request.params.id, callerOf(request)))

    app.post('/v1/checks/:id/resolution', {
      schema: { operationId: 'resolveCheck', summary: 'Release or block a held upload', description: 'For analysts; for the key that sent it, where nothing matched and the gate could not decide. Audited.', tags, params: checkPathSchema, body: resolutionSchema },
      config: { roles: ['provider', 'analyst'], answers: { 200: answers.resolved }, codes: ['notKept', 'alreadyResolved'] }
    }, async request => await services.keptChecks.resolve(request.params.id, request.body, callerOf(request)))
  }
}
