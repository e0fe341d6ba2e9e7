import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance, FastifySchema } from 'fastify'
import { Type, type TSchema } from 'typebox'
import { errorCodes, type ErrorCode } from '../errors.js'
import { components } from './answers.js'
import type { RouteConfig } from './route-config.js'

/** The version of the calls under /v1, not of the program. */
const apiVersion = '1.0.0'

/** Paths that a browser needs on the page /docs: its own, and nothing from elsewhere. */
const pagePolicy = {
  'default-src': "'self'",
  'base-uri': "'self'",
  'frame-ancestors': "'none'",
  'img-src': "'self' data:",
  'object-src': "'none'",
  'script-src': "'self'",
  'style-src': "'self' 'unsafe-inline'"
}

const problem = Type.Object({
  type: Type.String(),
  title: Type.String(),
  status: Type.Integer(),
  detail: Type.String({ description: 'One sentence that says what to do.' }),
  code: Type.Enum(Object.keys(errorCodes), { description: 'Explained in docs/reference/errors.md.' })
}, { $id: 'Problem', additionalProperties: false, description: 'RFC 9457 problem details. Never publish on an error.' })

/** Describes every route that is registered after it, at /openapi.json and, to read, at /docs. */
export async function describeApi (app: FastifyInstance): Promise<void> {
  for (const schema of [problem, ...components]) app.addSchema(schema)
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Keersluis',
        version: apiVersion,
        description: 'A gate for upload sites: known abuse material is blocked before it is published. Every verdict is HTTP 200; never publish on an error.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' }
      },
      tags: [
        { name: 'checks', description: 'May this upload be published?' },
        { name: 'lists', description: 'Known material: lists, items, changes.' },
        { name: 'operation', description: 'Keys, the audit log, health.' }
      ],
      components: { securitySchemes: { key: { type: 'http', scheme: 'bearer', description: 'A key from `keersluis keys create`.' } } }
    },
    refResolver: { buildLocalReference: (schema, _baseUri, _fragment, count) => typeof schema.$id === 'string' ? schema.$id : `schema-${count}` },
    transform: ({ schema, url, route }) => ({ schema: describe(schema ?? {}, route.config ?? {}), url })
  })
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: pagePolicy,
    theme: { title: 'Keersluis API' },
    uiConfig: { docExpansion: 'list', layout: 'BaseLayout' }
  })
  app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger())
}

/** A route's schema with what its config says: roles, bodies, answers and problems. */
function describe (schema: FastifySchema, config: RouteConfig): FastifySchema {
  if (schema.hide === true) return schema
  const { roles, answers = {}, bodies } = config
  const role = roles === undefined ? 'Open: no key is needed.' : `Role: ${roles.join(' or ')}.`
  return {
    ...schema,
    description: [schema.description, role].filter(text => text !== undefined).join(' '),
    security: roles === undefined ? [] : [{ key: [] }],
    ...(bodies === undefined ? {} : { body: { content: Object.fromEntries(Object.entries(bodies).map(([type, body]) => [type, { schema: body }])) } }),
    response: { ...Object.fromEntries(Object.entries(answers).map(([status, answer]) => [status, describeAnswer(status, answer)])), ...problems(schema, config) }
  }
}

const outcomes: Record<string, string> = { 200: 'Done.', 201: 'Made.', 202: 'Begun; the job says when it is done.', 204: 'Done; nothing to say.' }

function describeAnswer (status: string, answer: TSchema): unknown {
  const description = outcomes[status]
  const type = 'type' in answer ? answer.type : undefined
  if (type === 'null') return { type, description }
  return { description, content: { [type === 'string' ? 'text/plain' : 'application/json']: { schema: answer } } }
}

/** The problems of a route by status, with the codes that each can have. */
function problems (schema: FastifySchema, config: RouteConfig): Record<string, unknown> {
  const takesInput = [schema.body, schema.params, schema.querystring, config.bodies].some(part => part !== undefined)
  const codes = new Set<ErrorCode>([
    ...(takesInput ? ['invalidRequest'] as const : []),
    ...(schema.body !== undefined ? ['requestTooLarge', 'unsupportedMediaType'] as const : []),
    ...(config.roles === undefined ? [] : ['keyMissing', 'keyInvalid', 'roleMissing', 'rateLimited', 'shuttingDown'] as const),
    ...(config.codes ?? []),
    'internal'
  ])
  const byStatus = new Map<number, ErrorCode[]>()
  for (const code of codes) {
    const { status } = errorCodes[code]
    byStatus.set(status, [...byStatus.get(status) ?? [], code])
  }
  return Object.fromEntries([...byStatus].map(([status, some]) => [status, {
    description: some.map(code => `\`${code}\`: ${errorCodes[code].title}.`).join(' '),
    content: { 'application/problem+json': { schema: { $ref: 'Problem#' } } }
  }]))
}
