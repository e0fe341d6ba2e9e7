import { test } from 'tap'
import type { SpooledUpload } from '../pipeline/spooled-upload.js'
import { fixture, openServices, type OpenedServices } from './opened-services.test-support.js'

/** Both threads of the lane have begun a child, so that a picture takes far less than a film. */
async function warm ({ checks, receive }: OpenedServices): Promise<void> {
  await Promise.all(['harbour-03', 'alps-01', 'alps-02', 'alps-03'].map(async name => {
    await checks.check((await receive(fixture(`photos/${name}.jpg`))).upload, 'picture', 'key')
  }))
}

test('callers who leave, and others with the same content', async t => {
  const services = await openServices(t)
  const { checks, receive } = services
  await warm(services)
  const uploadOf = async (name: string): Promise<SpooledUpload> => (await receive(fixture(name))).upload
  const film = 'videos/h264-1080p.mp4'
  const [leader, follower, stays, other] = [await uploadOf(film), await uploadOf(film), await uploadOf(film), await uploadOf('photos/alps-02.jpg')]
  const [leaves, hangsUp] = [new AbortController(), new AbortController()]
  const ends: string[] = []
  const led = checks.check(leader, 'picture', 'key', leaves.signal).finally(() => { ends.push('leader') })
  const followed = checks.check(follower, 'picture', 'key', hangsUp.signal).finally(() => { ends.push('follower') })
  const stayed = checks.check(stays, 'picture', 'key')
  // It is begun when one of the threads is free again: then the others wait for what the leader makes.
  await checks.check(other, 'picture', 'key')
  hangsUp.abort()
  await t.rejects(followed, { code: 'callerGone' })
  t.strictSame(ends, ['follower'], 'who hangs up does not wait for the work of another')
  leaves.abort()
  await t.rejects(led, { code: 'callerGone' })
  t.match(await stayed, { answer: { verdict: 'allow', complete: true }, timings: {} }, 'who stays takes the work over')
})
