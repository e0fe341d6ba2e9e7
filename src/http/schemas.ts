import { Type } from 'typebox'
import { orientations } from '../hash/pdq-orientations.js'
import { digestAlgorithms, perceptualAlgorithms } from '../index/hash-index.js'
import { listActions, listKinds, listPolicySchema } from '../policy/list-policy.js'
import { roles } from '../store/store.js'

export const bareHashSchema = Type.Object({
  algorithm: Type.Enum([...digestAlgorithms, ...perceptualAlgorithms]),
  value: Type.String({ maxLength: 64, description: 'Hexadecimal.' }),
  quality: Type.Optional(Type.Integer({ minimum: 0, maximum: 100, description: 'PDQ quality, where known.' })),
  stableBits: Type.Optional(Type.Integer({ minimum: 0, maximum: 256, description: 'Of a blockhash; without them it is compared exactly.' }))
}, { additionalProperties: false })

const text = (maxLength: number) => Type.String({ maxLength })

/** The other orientations of a picture, in this order; the ones at the end may be left out. */
const turnedOrientations = orientations.slice(1)

export const checkedHashSchema = Type.Object({
  ...bareHashSchema.properties,
  orientations: Type.Optional(Type.Array(Type.String({ maxLength: 64 }), {
    minItems: 1,
    maxItems: turnedOrientations.length,
    description: `PDQ only: the hashes of the same picture turned and mirrored, in the order ${turnedOrientations.join(', ')}. They are searched at the block distance and count as hashes.`
  }))
}, { additionalProperties: false })

export const hashBatchSchema = (batchHashesMax: number) => Type.Object({
  hashes: Type.Array(checkedHashSchema, { minItems: 1, maxItems: batchHashesMax })
}, { additionalProperties: false })

export const itemHashesSchema = (batchHashesMax: number) => Type.Object({
  hashes: Type.Array(bareHashSchema, { minItems: 1, maxItems: batchHashesMax }),
  reference: Type.Optional(text(200)),
  category: Type.Optional(text(200)),
  confirmCollision: Type.Optional(Type.Boolean())
}, { additionalProperties: false })

export const itemNotesSchema = Type.Object({
  reference: Type.Optional(text(200)),
  category: Type.Optional(text(200)),
  confirmCollision: Type.Optional(Type.Boolean())
}, { additionalProperties: false })

export const newListSchema = Type.Object({
  name: Type.String({ pattern: '^[a-z0-9-]{1,64}$' }),
  kind: Type.Enum([...listKinds], { default: 'known' }),
  action: Type.Enum([...listActions], { default: 'block' }),
  category: Type.String({ maxLength: 200, default: '' }),
  source: Type.String({ maxLength: 200, default: '' }),
  legalGround: Type.String({ maxLength: 2000, default: '' }),
  policy: Type.Optional(Type.Partial(listPolicySchema))
}, { additionalProperties: false })

export const listChangeSchema = Type.Object({
  action: Type.Optional(Type.Enum([...listActions])),
  category: Type.Optional(text(200)),
  source: Type.Optional(text(200)),
  legalGround: Type.Optional(text(2000)),
  policy: Type.Optional(Type.Partial(listPolicySchema))
}, { additionalProperties: false, minProperties: 1 })

export const checkPathSchema = Type.Object({ id: Type.String({ maxLength: 64 }) })
export const jobPathSchema = Type.Object({ id: Type.String({ maxLength: 64 }) })
export const keyPathSchema = Type.Object({ id: Type.String({ maxLength: 100 }) })
export const listNameSchema = Type.Object({ list: Type.String({ maxLength: 64 }) })
export const itemPathSchema = Type.Object({ list: Type.String({ maxLength: 64 }), id: Type.Integer({ minimum: 1 }) })
export const reasonSchema = Type.Object({ reason: Type.String({ minLength: 1, maxLength: 2000 }) }, { additionalProperties: false })
export const changesQuerySchema = Type.Object({
  sinceVersion: Type.Integer({ minimum: 0, default: 0 }),
  cursor: Type.Optional(Type.String({ pattern: '^[0-9]{1,15}-[0-9]{1,15}$' }))
}, { additionalProperties: false })
export const resolutionSchema = Type.Object({
  action: Type.Enum(['release', 'block']),
  reason: Type.String({ minLength: 1, maxLength: 2000 })
}, { additionalProperties: false })
export const auditQuerySchema = Type.Object({ after: Type.Integer({ minimum: 0, default: 0 }) }, { additionalProperties: false })
const perMinute = Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000_000, description: '0 for no limit; without it the setting of this name.' }))

export const newKeySchema = Type.Object({
  // It is shown in terminals.
  name: Type.String({ minLength: 1, maxLength: 100, pattern: '^[^\\u0000-\\u001f\\u007f-\\u009f]*$', description: 'On one line, without control characters.' }),
  roles: Type.Array(Type.Enum([...roles]), { minItems: 1, uniqueItems: true }),
  detail: Type.Optional(Type.Enum(['short', 'full'])),
  allowHashes: Type.Optional(Type.Boolean()),
  checksPerMinute: perMinute,
  hashesPerMinute: perMinute
}, { additionalProperties: false })

/** The two ways to send an upload; the bytes are read as a stream. */
export const uploadBodies = {
  'application/octet-stream': Type.String({ format: 'binary', description: 'The bytes, under any content type.' }),
  'multipart/form-data': Type.Object({ file: Type.String({ format: 'binary' }) }, { description: 'One file.' })
}

/** A hash list, read as a stream. */
export const importBodies = {
  'text/plain': Type.String({ description: 'A hash list: `md5 <hex>`, `pdq <hex>`, ... one on each line; # starts a comment.' }),
  'text/csv': Type.String({ description: 'With a first line that names algorithm, value and, if you like, quality, stableBits, reference and category.' })
}
