import { test } from 'tap'
import { assertOutcome, assertUnharmed, assertWithSource, forEachPair, manifest, openSite, withoutVideo } from './fixtures.test-support.js'

const films = manifest.filter(({ file }) => file.startsWith('videos/'))

test('every film has its outcome', { skip: withoutVideo }, async t => {
  const site = await openSite(t)
  await forEachPair(films, async fixture => assertOutcome(t, fixture, await site.check(fixture.file)))
  await assertUnharmed(t, site)
})

test('every copy of the known film has its verdict', { skip: withoutVideo }, async t => {
  const site = await openSite(t, 'videos/film-a.mp4')
  await forEachPair(films.filter(({ expect }) => expect.source !== undefined), async fixture => {
    assertWithSource(t, fixture, await site.check(fixture.file))
  })
  await assertUnharmed(t, site)
})
