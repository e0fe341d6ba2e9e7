import { Type, type Static } from 'typebox'

/** What a list does with a match. `hold` lowers block to hold; `observe` only reports. */
export const listActions = ['block', 'hold', 'observe'] as const
export type ListAction = typeof listActions[number]

/** `known`: its items block or hold. `exclusion`: its items silence near matches. */
export const listKinds = ['known', 'exclusion'] as const
export type ListKind = typeof listKinds[number]

const bits = (value: number, description: string) => Type.Integer({ default: value, minimum: 0, maximum: 64, description })

/**
 * The numbers that turn distances into signals, for one list. The defaults are the table of docs/design/policy.md;
 * a distance of 0 bits still matches equal hashes.
 */
export const listPolicySchema = Type.Object({
  pdqBlockDistance: bits(31, 'PDQ distance in bits up to which a picture blocks.'),
  pdqHoldDistance: bits(40, 'PDQ distance in bits up to which an upright picture holds.'),
  pdqQualityMin: Type.Integer({ default: 50, minimum: 0, maximum: 100, description: 'PDQ quality below which a known hash is not used for near matching; that of an upload may be half of it.' }),
  blockhashBlockDistance: bits(10, 'Blockhash distance in bits that blocks, with PDQ within blockhashPdqDistance to the same item.'),
  blockhashHoldDistance: bits(24, 'Blockhash distance in bits that holds, with PDQ within blockhashHoldPdqDistance; and blocks with PDQ within pdqHoldDistance.'),
  blockhashPdqDistance: Type.Integer({ default: 64, minimum: 0, maximum: 256, description: 'PDQ distance in bits to the same item within which blockhash may block.' }),
  blockhashHoldPdqDistance: Type.Integer({ default: 76, minimum: 0, maximum: 256, description: 'PDQ distance in bits to the same item within which blockhash may hold.' }),
  blockhashAlone: Type.Enum(['ignore', 'hold'], { default: 'ignore', description: 'What blockhash does for an item that has no PDQ.' }),
  stableBitsMin: Type.Integer({ default: 192, minimum: 0, maximum: 256, description: 'Stable bits below which a blockhash is not used.' }),
  videoFrameDistance: bits(31, 'PDQ distance in bits up to which a video frame counts.'),
  videoFramesMin: Type.Integer({ default: 2, minimum: 1, maximum: 1000, description: 'Frames of one item that block; fewer hold.' }),
  videoFramesApartBits: Type.Integer({ default: 31, minimum: 0, maximum: 256, description: 'Frames count as different above this distance from each other.' }),
  videoFramesApartS: Type.Number({ default: 1, minimum: 0, maximum: 3600, description: 'Frames count as different from this many seconds apart.' }),
  videoStepSeedDistance: bits(43, 'PDQ distance in bits up to which a frame of an upload has it compared with the known video, moment by moment.'),
  videoStepDistance: Type.Integer({ default: 64, minimum: 0, maximum: 96, description: 'PDQ distance in bits up to which a frame agrees with what the known video shows at the same moment.' }),
  videoStepFramesMin: Type.Integer({ default: 3, minimum: 0, maximum: 1000, description: 'Different frames that agree, all after the same shift in time, which hold; 0 to leave this out.' }),
  notDistinctive: Type.Enum(['allow', 'hold'], { default: 'allow', description: 'What happens to uploads that are too flat or too small for near matching.' })
}, { additionalProperties: false })

export type ListPolicy = Static<typeof listPolicySchema>

/**
 * Blur and darkening lower the quality of a copy. What keeps strangers apart is that the known picture is distinctive:
 * a soft upload comes no nearer to it than any other.
 */
const uploadQualityShare = 0.5

/** The PDQ quality from which an upload is searched for near matches. */
export function uploadQualityMin ({ pdqQualityMin }: Pick<ListPolicy, 'pdqQualityMin'>): number {
  return pdqQualityMin * uploadQualityShare
}

/** The default policy, read from the schema. */
export const defaultListPolicy = Object.freeze(Object.fromEntries(
  Object.entries(listPolicySchema.properties).map(([key, schema]) => [key, (schema as { default?: unknown }).default])
)) as ListPolicy
