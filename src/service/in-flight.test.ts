import { test } from 'tap'
import type { Fingerprint } from '../media/fingerprint.js'
import { InFlight } from './in-flight.js'

const sha256 = new Uint8Array(32).fill(7)
const fingerprint: Fingerprint = {
  digests: { md5: new Uint8Array(16), sha1: new Uint8Array(20), sha256 }, media: { kind: 'other', format: 'unknown' }, pictures: [], undecided: [], complete: true
}

test('followers hear what the leader made, and nothing stays', async t => {
  const inFlight = new InFlight()
  t.equal(inFlight.follow(sha256), undefined)
  const finish = inFlight.lead(sha256)
  const followers = [inFlight.follow(sha256), inFlight.follow(sha256)]
  t.equal(inFlight.follow(new Uint8Array(32)), undefined, 'other content is not shared')
  finish(fingerprint)
  for (const follower of followers) t.equal(await follower, fingerprint)
  t.equal(inFlight.follow(sha256), undefined)
})

test('a leader without a fingerprint says so; a second leader does not take over', async t => {
  const inFlight = new InFlight()
  const finish = inFlight.lead(sha256)
  const second = inFlight.lead(sha256)
  const follower = inFlight.follow(sha256)
  second(fingerprint)
  t.equal(inFlight.follow(sha256), follower)
  finish(undefined)
  finish(fingerprint)
  t.equal(await follower, undefined)
})
