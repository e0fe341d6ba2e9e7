import { test } from 'tap'
import { assertOutcome, assertUnharmed, assertWithSource, forEachPair, manifest, openSite, withoutVideo } from './fixtures.test-support.js'

const hostile = manifest.filter(({ file }) => /^(hashes|hostile)\//.test(file))

test('every file that lies has its outcome', { skip: withoutVideo }, async t => {
  const site = await openSite(t)
  await forEachPair(hostile, async fixture => assertOutcome(t, fixture, await site.check(fixture.file)))
  await assertUnharmed(t, site)
})

for (const source of ['photos/harbour-03.jpg', 'videos/film-a.mp4']) {
  test(`what lies about ${source} is stopped`, { skip: withoutVideo }, async t => {
    const site = await openSite(t, source)
    await forEachPair(hostile.filter(({ expect }) => expect.source === source), async fixture => {
      assertWithSource(t, fixture, await site.check(fixture.file))
    })
    await assertUnharmed(t, site)
  })
}
