import { test } from 'tap'
import { assertOutcome, assertUnharmed, assertWithSource, forEachPair, manifest, openSite } from './fixtures.test-support.js'

const pictures = manifest.filter(({ file }) => !/^(hashes|hostile|videos)\//.test(file))
const sources = [...new Set(pictures.flatMap(({ expect }) => expect.source ?? []))]

test('every picture has its outcome', async t => {
  const site = await openSite(t)
  await forEachPair(pictures, async fixture => {
    if (!fixture.file.startsWith('test-card')) assertOutcome(t, fixture, await site.check(fixture.file))
  })
  await assertUnharmed(t, site)
})

for (const source of sources) {
  test(`every copy of ${source} has its verdict`, async t => {
    const site = await openSite(t, source)
    await forEachPair(pictures.filter(({ expect }) => expect.source === source), async fixture => {
      assertWithSource(t, fixture, await site.check(fixture.file))
    })
    await assertUnharmed(t, site)
  })
}
