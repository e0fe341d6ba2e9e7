import Fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify'
import helmet from 'helmet'
import { KeersluisError } from '../errors.js'
import { authenticator, guard } from './auth.js'
import { brokenRequestHandler } from './broken-request.js'
import { callerDecorator } from './caller.js'
import { checkRoutes } from './check-routes.js'
import { manageConnections } from './connections.js'
import { livenessRoute, operationRoutes } from './health-routes.js'
import { itemRoutes } from './item-routes.js'
import { listRoutes } from './list-routes.js'
import { localRoutes } from './local-routes.js'
import type { Meters } from './metrics.js'
import { describeApi } from './openapi.js'
import { operatorRoutes } from './operator-routes.js'
import { problemSender } from './problem.js'
import { openRateLimits } from './rate-limits.js'
import type { HttpLimits, Lifecycle, Services } from './services.js'
import { compileValidator, faultOf } from './validation.js'

export interface AppOptions {
  services: Services
  limits: HttpLimits
  meters: Meters
  logger: FastifyBaseLogger
  lifecycle: Lifecycle
  /** `trusted` for the socket in the data folder and the ops port, whose callers need no key. */
  callers: 'withKeys' | 'trusted'
  /** `health` for the ops port: nothing else is served there. */
  routes: 'all' | 'health'
}

/** Time for a request's head. */
const headersMsMax = 60_000
/** How often connections are looked at for requests that take too long. */
const lookEveryMs = 5_000

/** The HTTP side of the gate: it receives, asks the services and answers. */
export async function buildApp (options: AppOptions): Promise<FastifyInstance> {
  const { limits, services, meters, lifecycle } = options
  const sendProblem = problemSender(meters)
  const app = Fastify({
    loggerInstance: options.logger,
    // A request line would keep the address and time of clean uploads.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: limits.requestBytesMax,
    // An import on the socket of the data folder takes as long as its list is long.
    requestTimeout: options.callers === 'trusted' ? 0 : limits.uploadMsMax,
    // Silence is no fault of a caller who waits for his answer.
    connectionTimeout: 0,
    // Node.js takes the longer of the two for the request, and looks every half minute.
    http: { headersTimeout: Math.min(headersMsMax, limits.uploadMsMax), connectionsCheckingInterval: Math.min(lookEveryMs, limits.uploadMsMax) },
    frameworkErrors: (error, request, reply) => { sendProblem(error, request, reply).catch(() => {}) },
    clientErrorHandler: brokenRequestHandler(meters),
    forceCloseConnections: 'idle',
    // The hook below says it, as problem+json.
    return503OnClosing: false,
    schemaErrorFormatter: faultOf
  })
  manageConnections(app, limits.connectionsMax, () => { meters.connectionRefused() })
  // A serializer made from the answers' schemas would drop in silence what a schema forgot; the tests hold the real
  // answers to the schemas instead.
  app.setSerializerCompiler(() => JSON.stringify)
  app.setValidatorCompiler(compileValidator)
  app.setErrorHandler(sendProblem)
  app.setNotFoundHandler(() => { throw new KeersluisError('unknownRoute', 'There is no such call; docs/reference/api.md lists all.') })
  app.decorateRequest(callerDecorator, null)
  app.addHook('onSend', async (_request, reply) => {
    // A connection that stays open after its last answer would hold up the shutdown.
    if (lifecycle.shuttingDown) reply.header('connection', 'close')
  })
  const setSafeHeaders = helmet({ contentSecurityPolicy: { useDefaults: false, directives: { 'default-src': ["'none'"], 'frame-ancestors': ["'none'"] } } })
  app.addHook('onRequest', (request, reply, done) => { setSafeHeaders(request.raw, reply.raw, error => { done(error instanceof Error ? error : undefined) }) })
  const rateLimits = await openRateLimits(app)
  const authenticate = authenticator(services.accounts, options.callers, rateLimits)
  if (options.routes === 'all') await describeApi(app)
  await app.register(livenessRoute)
  await app.register(async guarded => {
    guarded.addHook('onRequest', async () => {
      if (lifecycle.shuttingDown) throw new KeersluisError('shuttingDown', 'The gate is shutting down; try again in a moment.', { retryAfterS: 5 })
    })
    guarded.addHook('onRequest', guard(authenticate, rateLimits, limits.opsPort >= 0))
    await guarded.register(operationRoutes(services, meters))
    if (options.routes === 'health') return
    await guarded.register(checkRoutes(services, limits, rateLimits, meters))
    await guarded.register(listRoutes(services))
    await guarded.register(itemRoutes(services, limits))
    await guarded.register(operatorRoutes(services))
    if (options.callers === 'trusted') await guarded.register(localRoutes(services))
  })
  return app
}
