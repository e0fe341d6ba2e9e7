import type { TSchema } from 'typebox'
import { Compile, type Validator } from 'typebox/compile'

/** Throws where an answer is not what the API description says of the route and status. */
export type CheckAnswer = (method: string, url: string, status: number, contentType: string, body: unknown) => void

type Json = { [key: string]: Json } | Json[] | string | number | boolean | null

/** Holds answers to an OpenAPI document; every field must be described, so nothing is dropped and nothing leaks. */
export function answerChecker (description: object): CheckAnswer {
  const document = JSON.parse(JSON.stringify(description)) as Record<string, Json>
  const paths = objectAt(document, ['paths'])
  const templates = Object.keys(paths).sort((a, b) => a.split('{').length - b.split('{').length)
    .map(path => ({ path, pattern: new RegExp(`^${path.replace(/\{[^}]+\}/g, '[^/]+')}$`) }))
  const validators = new Map<string, Validator>()
  return (method, url, status, contentType, body) => {
    const route = url.split('?')[0] ?? ''
    const path = templates.find(({ pattern, path }) => pattern.test(route) && objectAt(paths, [path])[method.toLowerCase()] !== undefined)?.path
    if (path === undefined) {
      if (status !== 404) throw new Error(`${method} ${route} is not described, and answered ${status}`)
      return
    }
    const type = contentType.split(';')[0] ?? ''
    const name = `${method} ${path} ${status} ${type}`
    const response = objectAt(paths, [path, method.toLowerCase(), 'responses'])[String(status)]
    if (response === undefined) throw new Error(`${name} is not described`)
    if (body === undefined) return
    const schema = resolved(objectAt(response, ['content', type])['schema'], document)
    const validator = validators.get(name) ?? Compile(schema as TSchema)
    validators.set(name, validator)
    const [error] = validator.Errors(body)
    if (error !== undefined) throw new Error(`${name}: ${error.instancePath} ${error.message}: ${JSON.stringify(body).slice(0, 500)}`)
  }
}

function objectAt (value: Json, path: string[]): Record<string, Json> {
  let at: Json | undefined = value
  for (const part of path) at = isObject(at) ? at[part] : undefined
  if (!isObject(at)) throw new Error(`The API description has no ${path.join(' ')}`)
  return at
}

function isObject (value: Json | undefined): value is Record<string, Json> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A schema with its references replaced by what they name. */
function resolved (schema: Json | undefined, document: Json): Json {
  if (Array.isArray(schema)) return schema.map(one => resolved(one, document))
  if (!isObject(schema)) return schema ?? {}
  if (typeof schema['$ref'] === 'string') return resolved(objectAt(document, schema['$ref'].replace('#/', '').split('/')), document)
  return Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, resolved(value, document)]))
}
