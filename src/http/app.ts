import helmet from '@fastify/helmet'
import multipart from '@fastify/multipart'
import Fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify'
import { KeersluisError } from '../errors.js'
import { authenticator } from './auth.js'
import { checkRoutes } from './check-routes.js'
import { healthRoutes } from './health-routes.js'
import { listRoutes } from './list-routes.js'
import { localRoutes } from './local-routes.js'
import type { Meters } from './metrics.js'
import { operatorRoutes } from './operator-routes.js'
import { sendProblem } from './problem.js'
import type { HttpLimits, Services } from './services.js'

export interface AppOptions {
  services: Services
  limits: HttpLimits
  meters: Meters
  logger: FastifyBaseLogger
  /** `trusted` for the socket in the data folder and the ops port, whose callers need no key. */
  callers: 'withKeys' | 'trusted'
  /** `health` for the ops port: nothing else is served there. */
  routes: 'all' | 'health'
}

/** The HTTP side of the gate: it receives, asks the services and answers. */
export async function buildApp (options: AppOptions): Promise<FastifyInstance> {
  const { limits, services, meters } = options
  const app = Fastify({
    loggerInstance: options.logger,
    // A request line would keep the address and time of clean uploads.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: limits.requestBytesMax,
    // An import on the socket of the data folder takes as long as its list is long.
    requestTimeout: options.callers === 'trusted' ? 0 : limits.uploadMsMax,
    connectionTimeout: limits.uploadMsMax,
    forceCloseConnections: 'idle',
    return503OnClosing: true,
    ajv: { customOptions: { removeAdditional: false, coerceTypes: true } }
  })
  await app.register(helmet)
  await app.register(multipart, { limits: { files: 2, fields: 10, fieldSize: 10_000, parts: 12, fileSize: limits.uploadBytesMax, headerPairs: 100 } })
  app.setErrorHandler(sendProblem)
  app.setNotFoundHandler(() => { throw new KeersluisError('unknownRoute', 'There is no such call; docs/reference/api.md lists all.') })
  const authenticate = authenticator(services.accounts, options.callers === 'trusted')
  await app.register(healthRoutes(services, authenticate, meters))
  if (options.routes === 'health') return app
  await app.register(checkRoutes(services, limits, authenticate, meters))
  await app.register(listRoutes(services, limits, authenticate))
  await app.register(operatorRoutes(services, authenticate))
  if (options.callers === 'trusted') await app.register(localRoutes(services))
  return app
}
