import { test } from 'tap'
import type { CheckedPicture, Hit, ListRule } from './hit.js'
import { defaultListPolicy, type ListPolicy } from './list-policy.js'
import { decide, type Decision, type PolicyInput } from './verdict.js'

function listRule (rule: Partial<Omit<ListRule, 'policy'>> = {}, policy: Partial<ListPolicy> = {}): ListRule {
  return { name: 'known', kind: 'known', action: 'block', category: 'a', ...rule, policy: { ...defaultListPolicy, ...policy } }
}

const exclusionList = listRule({ name: 'harmless', kind: 'exclusion' })

function pdqHit (distance: number, more: Partial<Hit> = {}): Hit {
  return {
    list: listRule(),
    itemId: 1,
    entryId: 1,
    itemKind: 'image',
    category: 'a',
    algorithm: 'pdq',
    distance,
    picture: 0,
    variant: 'whole',
    orientation: 'upright',
    quality: 100,
    entryQuality: 100,
    ...more
  }
}

function blockhashHit (distance: number, pdqDistanceToItem: number | undefined, more: Partial<Hit> = {}): Hit {
  const near = pdqDistanceToItem === undefined ? {} : { pdqDistanceToItem }
  return pdqHit(distance, { algorithm: 'blockhash', stableBits: 256, entryStableBits: 256, ...near, ...more })
}

function digestHit (more: Partial<Hit> = {}): Hit {
  const { picture, orientation, variant, ...digest } = pdqHit(0, { algorithm: 'sha256', ...more })
  return digest
}

function decideOn (hits: Hit[], more: Partial<PolicyInput> = {}): Decision {
  return decide({
    hits,
    pictures: [{}],
    usablePictures: 1,
    undecided: [],
    remarks: [],
    holdNotDistinctive: false,
    undecidedVerdict: 'hold',
    ...more
  })
}

function outcome (hits: Hit[], more: Partial<PolicyInput> = {}): string {
  const { verdict, reasons } = decideOn(hits, more)
  return [verdict, ...reasons.map(reason => reason.code)].join(' ')
}

/** Frames one second apart; consecutive ones differ in all bits, every second one is the same. */
function film (timesS: number[]): Partial<PolicyInput> {
  const pictures: CheckedPicture[] = timesS.map((timeS, index) => ({ timeS, pdq: new Uint8Array(32).fill(index % 2 === 0 ? 0 : 255) }))
  return { pictures, usablePictures: pictures.length }
}

test('nothing found is allowed', async t => {
  t.strictSame(decideOn([]), { verdict: 'allow', reasons: [], matches: [] })
})

test('an equal digest blocks', async t => {
  for (const algorithm of ['md5', 'sha1', 'sha256'] as const) t.equal(outcome([digestHit({ algorithm })]), 'block exactMatch')
})

test('PDQ blocks up to 31 bits and holds up to 40', async t => {
  t.equal(outcome([pdqHit(0)]), 'block nearMatch')
  t.equal(outcome([pdqHit(31)]), 'block nearMatch')
  t.equal(outcome([pdqHit(32)]), 'hold possibleMatch')
  t.equal(outcome([pdqHit(40)]), 'hold possibleMatch')
  t.equal(outcome([pdqHit(41)]), 'allow')
})

test('a turned picture blocks up to 31 bits and holds never', async t => {
  t.equal(outcome([pdqHit(31, { orientation: 'rotate90' })]), 'block nearMatch')
  t.equal(outcome([pdqHit(32, { orientation: 'rotate90' })]), 'allow')
})

test('the distances of the list count', async t => {
  const list = listRule({}, { pdqBlockDistance: 10, pdqHoldDistance: 12 })
  t.equal(outcome([pdqHit(10, { list })]), 'block nearMatch')
  t.equal(outcome([pdqHit(11, { list })]), 'hold possibleMatch')
  t.equal(outcome([pdqHit(13, { list })]), 'allow')
})

test('PDQ of low quality, on either side, says nothing; unknown quality passes', async t => {
  t.equal(outcome([pdqHit(0, { quality: 24 })]), 'allow')
  t.equal(outcome([pdqHit(0, { quality: 25 })]), 'block nearMatch', 'a copy may be softer than the known picture')
  t.equal(outcome([pdqHit(0, { entryQuality: 49 })]), 'allow')
  t.equal(outcome([pdqHit(0, { quality: 50, entryQuality: 50 })]), 'block nearMatch')
  const { quality, entryQuality, ...unknown } = pdqHit(0)
  t.equal(outcome([unknown]), 'block nearMatch')
})

test('blockhash speaks only together with PDQ of the same item', async t => {
  t.equal(outcome([blockhashHit(10, 64)]), 'block nearMatch')
  t.equal(outcome([blockhashHit(11, 64)]), 'hold possibleMatch')
  t.equal(outcome([blockhashHit(24, 64)]), 'hold possibleMatch')
  t.equal(outcome([blockhashHit(24, 40)]), 'block nearMatch')
  t.equal(outcome([blockhashHit(24, 41)]), 'hold possibleMatch')
  t.equal(outcome([blockhashHit(25, 0)]), 'allow')
  t.equal(outcome([blockhashHit(10, 65)]), 'hold possibleMatch')
  t.equal(outcome([blockhashHit(24, 76)]), 'hold possibleMatch')
  t.equal(outcome([blockhashHit(0, 77)]), 'allow')
})

test('blockhash of an item without PDQ holds only where its list says so', async t => {
  t.equal(outcome([blockhashHit(0, undefined)]), 'allow')
  t.equal(outcome([blockhashHit(24, undefined, { list: listRule({}, { blockhashAlone: 'hold' }) })]), 'hold possibleMatch')
})

test('blockhash with few stable bits says nothing; with unknown ones it must be equal', async t => {
  t.equal(outcome([blockhashHit(0, 0, { stableBits: 191 })]), 'allow')
  t.equal(outcome([blockhashHit(0, 0, { entryStableBits: 191 })]), 'allow')
  t.equal(outcome([blockhashHit(0, 0, { stableBits: 192, entryStableBits: 192 })]), 'block nearMatch')
  const { stableBits, ...unknown } = blockhashHit(0, 0)
  t.equal(outcome([unknown]), 'block nearMatch')
  t.equal(outcome([{ ...unknown, distance: 1 }]), 'allow')
})

test('a list that holds lowers block to hold', async t => {
  const list = listRule({ action: 'hold' })
  t.equal(outcome([digestHit({ list })]), 'hold exactMatch')
  t.equal(outcome([pdqHit(0, { list })]), 'hold nearMatch')
})

test('a list that observes reports and changes nothing', async t => {
  const { verdict, reasons, matches } = decideOn([digestHit({ list: listRule({ action: 'observe' }) })])
  t.equal(verdict, 'allow')
  t.strictSame(reasons, [{ code: 'exactMatch', list: 'known', enforced: false }])
  t.match(matches, [{ enforced: false, excluded: false }])
})

test('an exclusion silences a near match that is farther than itself', async t => {
  const { verdict, reasons, matches } = decideOn([pdqHit(20), pdqHit(10, { list: exclusionList, itemId: 2, entryId: 2 })])
  t.equal(verdict, 'allow')
  t.strictSame(reasons, [])
  t.match(matches, [{ excluded: true, enforced: false, verdict: 'allow', hit: { itemId: 1 } }])
})

test('an exclusion that is not closer, too far, or in another picture is not heard', async t => {
  const exclusion = (distance: number, picture = 0) => pdqHit(distance, { list: exclusionList, itemId: 2, entryId: 2, picture })
  t.equal(outcome([pdqHit(5), exclusion(5)]), 'block nearMatch')
  t.equal(outcome([pdqHit(20), exclusion(11)]), 'block nearMatch')
  t.equal(outcome([pdqHit(20), exclusion(0, 1)]), 'block nearMatch')
})

test('a part that lacks an edge speaks for itself only, on either side', async t => {
  const exclusion = (distance: number, variant: string) => pdqHit(distance, { list: exclusionList, itemId: 2, entryId: 2, variant })
  const known = (distance: number, variant: string) => pdqHit(distance, { entryId: 3, variant })
  t.equal(outcome([known(8, 'whole'), exclusion(0, 'withoutTop')]), 'block nearMatch', 'what is known differs along the upper edge')
  t.equal(outcome([known(8, 'withoutBottom'), exclusion(0, 'withoutTop')]), 'block nearMatch')
  t.equal(outcome([known(8, 'withoutTop'), exclusion(0, 'withoutTop')]), 'allow', 'a marked copy of what is excluded')
  t.equal(outcome([known(0, 'withoutTopOnBlack'), exclusion(8, 'whole')]), 'allow', 'a copy of what is excluded, which shares much with what is known')
  t.equal(outcome([known(0, 'withoutTop'), exclusion(11, 'whole')]), 'block nearMatch')
  t.equal(outcome([known(4, 'withoutTop'), blockhashHit(0, 0, { list: exclusionList, itemId: 2, entryId: 2 })]), 'block nearMatch', 'blockhash does not silence PDQ')
  t.equal(outcome([known(4, 'whole'), known(0, 'withoutTop'), exclusion(8, 'whole')]), 'block nearMatch', 'a copy of what is known')
})

test('an exclusion never silences a digest', async t => {
  t.equal(outcome([digestHit(), pdqHit(20), pdqHit(0, { list: exclusionList, itemId: 2, entryId: 2 })]), 'block exactMatch')
})

test('an exclusion alone matches nothing', async t => {
  t.equal(outcome([digestHit({ list: exclusionList }), pdqHit(0, { list: exclusionList })]), 'allow')
})

test('undecided holds, or blocks by setting, and is never allowed', async t => {
  t.equal(outcome([], { undecided: ['timeout'] }), 'hold timeout')
  t.equal(outcome([], { undecided: ['timeout'], undecidedVerdict: 'block' }), 'block timeout')
})

test('a match beats undecided, an observed or excluded one does not', async t => {
  t.equal(outcome([pdqHit(0)], { undecided: ['timeout'] }), 'block nearMatch timeout')
  t.equal(outcome([pdqHit(40)], { undecided: ['timeout'], undecidedVerdict: 'block' }), 'hold possibleMatch timeout')
  t.equal(outcome([pdqHit(0, { list: listRule({ action: 'observe' }) })], { undecided: ['timeout'] }), 'hold nearMatch timeout')
  t.equal(outcome([pdqHit(20), pdqHit(0, { list: exclusionList, itemId: 2 })], { undecided: ['timeout'] }), 'hold timeout')
})

test('remarks are said, and hold only where a list wants it', async t => {
  t.equal(outcome([], { remarks: ['notDistinctive'] }), 'allow notDistinctive')
  t.equal(outcome([], { remarks: ['notDistinctive'], holdNotDistinctive: true }), 'hold notDistinctive')
  t.equal(outcome([], { remarks: ['notMedia'], holdNotDistinctive: true }), 'allow notMedia')
})

const frameHit = (picture: number, more: Partial<Hit> = {}) => pdqHit(0, { itemKind: 'video', picture, entryId: picture + 1, ...more })

test('one frame of a video holds, two that are apart block', async t => {
  t.equal(outcome([frameHit(0)], film([0, 1])), 'hold frameMatch')
  t.equal(outcome([frameHit(0), frameHit(1)], film([0, 1])), 'block videoMatch')
})

test('frames too close in time, too alike, or of two items are not two frames', async t => {
  t.equal(outcome([frameHit(0), frameHit(1)], film([0, 0.9])), 'hold frameMatch')
  t.equal(outcome([frameHit(0), frameHit(2)], film([0, 1, 2])), 'hold frameMatch')
  t.equal(outcome([frameHit(0), frameHit(1, { itemId: 2 })], film([0, 1])), 'hold frameMatch')
})

test('a known picture that stays on screen for a second blocks', async t => {
  const shown = (picture: number) => frameHit(picture, { itemKind: 'image' })
  t.equal(outcome([shown(0), shown(2)], film([0, 1, 2])), 'block videoMatch')
  t.equal(outcome([shown(0)], film([0, 1, 2])), 'hold frameMatch')
})

test('a frame beyond the frame distance does not count', async t => {
  t.equal(outcome([frameHit(0, { distance: 32 })], film([0, 1])), 'allow')
})

test('a film with one usable frame follows the rule of images', async t => {
  t.equal(outcome([frameHit(0)], { ...film([0, 1]), usablePictures: 1 }), 'block nearMatch')
})

test('a film in step with a known one is held from three frames on', async t => {
  const inStep = (framesInStep: number, more: Partial<Hit> = {}) => frameHit(0, { distance: 43, framesInStep, ...more })
  const long = film([0, 1, 2, 3])
  t.equal(outcome([inStep(3)], long), 'hold possibleMatch')
  t.equal(outcome([inStep(2)], long), 'allow')
  t.equal(outcome([inStep(2, { list: listRule({}, { videoStepFramesMin: 2 }) })], long), 'hold possibleMatch')
  t.equal(outcome([inStep(3, { list: listRule({}, { videoStepFramesMin: 0 }) })], long), 'allow', 'the rule is off')
  t.equal(outcome([inStep(3, { list: listRule({ action: 'observe' }) })], long), 'allow possibleMatch')
  t.equal(outcome([inStep(3), frameHit(1)], long), 'hold frameMatch', 'a frame that counts goes first')
  t.equal(outcome([inStep(3)], { ...long, usablePictures: 1 }), 'allow', 'one picture is no film')
  t.equal(outcome([inStep(3), pdqHit(5, { list: exclusionList, itemId: 2, entryId: 2 })], long), 'allow', 'an exclusion silences the frame it began from')
})

test('one match for each item, its closest entry', async t => {
  const { matches } = decideOn([pdqHit(9, { entryId: 1 }), pdqHit(3, { entryId: 2 }), pdqHit(40, { entryId: 3 })])
  t.match(matches, [{ hit: { entryId: 2, distance: 3 } }])
  t.equal(matches.length, 1)
})

test('the worst comes first: enforced, then block before hold, then the closest', async t => {
  const observing = listRule({ name: 'watch', action: 'observe' })
  const { verdict, matches, reasons } = decideOn([
    pdqHit(0, { itemId: 1, entryId: 1, list: observing }),
    pdqHit(35, { itemId: 2, entryId: 2 }),
    pdqHit(20, { itemId: 3, entryId: 3 }),
    pdqHit(10, { itemId: 4, entryId: 4 })
  ], { undecided: ['timeout'], remarks: ['notMedia'] })
  t.equal(verdict, 'block')
  t.strictSame(matches.map(match => match.hit.itemId), [4, 3, 2, 1])
  t.strictSame(reasons.map(({ code, enforced }) => [code, enforced]), [
    ['nearMatch', true], ['possibleMatch', true], ['nearMatch', false], ['timeout', true], ['notMedia', true]
  ])
})
