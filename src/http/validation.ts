import type { FastifySchemaCompiler } from 'fastify'
import { type TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import { Value } from 'typebox/value'

type Validate = ReturnType<FastifySchemaCompiler<TSchema>>
/** What Fastify hands on of a fault. */
type Fault = NonNullable<Parameters<typeof faultOf>[0][number]>

/**
 * A body is taken as its types stand. Fastify's own compiler turns them into those of the schema, `null` into 0: a hash with
 * `quality: null` would be too flat to be searched, and a distance of `null` would block nothing but equal pictures.
 */
export function compileValidator ({ schema, httpPart }: { schema: TSchema, httpPart?: string }): Validate {
  const compiled = Compile(schema)
  return (given: unknown) => {
    const value = Value.Default(schema, httpPart === 'body' ? given : typed(schema, given))
    return compiled.Check(value) ? { value } : { error: compiled.Errors(value) }
  }
}

/** Paths and queries are text: what stands for a number or a boolean in full becomes one. */
function typed (schema: TSchema, given: unknown): unknown {
  if (typeof given !== 'object' || given === null || !('properties' in schema)) return given
  const properties = schema.properties as Record<string, { type?: string } | undefined>
  return Object.fromEntries(Object.entries(given).map(([name, text]: [string, unknown]) => {
    const type = Object.hasOwn(properties, name) ? properties[name]?.type : undefined
    if (type === 'integer' && /^-?\d{1,15}$/.test(String(text))) return [name, Number(text)]
    if (type === 'boolean' && (text === 'true' || text === 'false')) return [name, text === 'true']
    return [name, text]
  }))
}

/** The first fault of a request, with what it may be instead where that is a choice. */
export function faultOf (faults: readonly { keyword: string, instancePath: string, message?: string, params: Record<string, unknown> }[], part: string): Error {
  // Beside `additionalProperties`, which names the property, stands what its value was held to.
  const fault: Fault | undefined = faults.find(({ keyword }) => keyword !== 'boolean')
  const { allowedValues, additionalProperties } = fault?.params ?? {}
  const named = [allowedValues ?? additionalProperties ?? []].flat().map(String)
  // A property that the caller made up may be named by anything, a hash too.
  const shown = named.length > 0 && named.every(name => /^\w{1,30}$/.test(name)) ? `: ${named.join(', ')}` : ''
  return new Error(`${part}${fault?.instancePath ?? ''} ${fault?.message ?? 'is invalid'}${shown}`)
}
