import fc from 'fast-check'
import { test } from 'tap'
import { DenseSampler, SparseSampler, type SampledPacket } from './sparse-sampler.js'

interface Film {
  taken: number[]
  decoded: number
  held: number
}

/** A decoder that gives one frame for each packet at once, and needs a keyframe after every reset. */
function play (packets: Array<{ timeS: number, key: boolean }>, gapS: number): Film {
  const film: Film = { taken: [], decoded: 0, held: 0 }
  let hasState = false
  const decode = (packet: SampledPacket): void => {
    film.decoded++
    hasState ||= packet.key
    if (hasState && sampler.wants(packet.timeS)) film.taken.push(packet.timeS)
  }
  const sampler = new SparseSampler<SampledPacket>({
    decodeAlone: packet => {
      const before = film.taken.length
      decode(packet)
      hasState = false
      return film.taken.length > before
    },
    decodeNext: decode,
    reset: () => { hasState = false },
    drain: () => {}
  }, gapS)
  for (const packet of packets) {
    film.held++
    sampler.push({ ...packet, bytes: 1000, free: () => { film.held-- } })
    while (sampler.work());
  }
  sampler.finish()
  while (sampler.work());
  return film
}

const gaps = (times: number[]): number[] => times.slice(1).map((timeS, at) => timeS - (times[at] ?? 0))

test('only keyframes are decoded while they come often enough', async t => {
  const packets = Array.from({ length: 1500 }, (_, index) => ({ timeS: index / 25, key: index % 50 === 0 }))
  const film = play(packets, 5)
  t.equal(film.taken.length, 30)
  t.equal(film.decoded, 30)
})

test('no gap is wider than allowed, and every packet is freed', async t => {
  fc.assert(fc.property(fc.array(fc.nat({ max: 600 }), { maxLength: 8 }), fc.integer({ min: 100, max: 2000 }), (keys, length) => {
    const packets = Array.from({ length }, (_, index) => ({ timeS: index / 25, key: index === 0 || keys.includes(index) }))
    const film = play(packets, 5)
    return film.held === 0 && film.taken[0] === 0 && gaps(film.taken).every(gap => gap > 0 && gap <= 5.05) && length / 25 - (film.taken.at(-1) ?? 0) <= 5.05
  }))
  t.pass()
})

test('a film of keyframes only is thinned', async t => {
  const packets = Array.from({ length: 300 }, (_, index) => ({ timeS: index / 30, key: true }))
  t.ok(gaps(play(packets, 5).taken).every(gap => gap >= 0.5))
})

test('a short film is looked at more closely', async t => {
  const packets = Array.from({ length: 100 }, (_, index) => ({ timeS: index / 25, key: index === 0 }))
  t.ok(play(packets, 5).taken.length >= 8)
})

test('times that stand still or jump back hide nothing for long', async t => {
  const still = Array.from({ length: 4000 }, (_, index) => ({ timeS: 0, key: index === 0 }))
  t.ok(play(still, 5).taken.length > 10)
  const back = [...Array.from({ length: 200 }, (_, index) => ({ timeS: 1000 + index / 25, key: index === 0 })), ...Array.from({ length: 400 }, (_, index) => ({ timeS: index / 25, key: index === 0 }))]
  t.ok(play(back, 5).taken.filter(timeS => timeS < 100).length > 2)
})

test('dense sampling keeps an even rate whatever the frame rate', async t => {
  for (const fps of [5, 10, 24, 25, 30, 59.94]) {
    const sampler = new DenseSampler(8)
    const taken = Array.from({ length: Math.round(10 * fps) }, (_, index) => index / fps).filter(timeS => sampler.wants(timeS))
    t.equal(taken[0], 0)
    t.equal(taken.length, fps < 8 ? 50 : 80, `${fps} frames a second`)
  }
})
