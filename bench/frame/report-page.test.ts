import { accessSync, constants, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { chromium, type Browser } from 'playwright-core'
import { test } from 'tap'
import { htmlReport } from './html-report.js'
import { sampleRun } from './sample-run.test-support.js'

const programs = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

function findBrowser (): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter)
  return folders.flatMap(folder => programs.map(name => join(folder, name))).find(file => {
    try {
      accessSync(file, constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

const executablePath = findBrowser()
const skip = executablePath === undefined && `the report was not opened in a browser: none of ${programs.join(', ')} is on PATH`

test('the report in a browser', { skip }, async t => {
  const file = join(t.testdir(), 'report.html')
  writeFileSync(file, htmlReport(sampleRun))
  const browser: Browser = await chromium.launch({ ...(executablePath === undefined ? {} : { executablePath }), args: ['--no-sandbox'] })
  t.teardown(async () => { await browser.close() })
  const backgrounds: string[] = []
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of [1280, 700, 360]) {
      const page = await browser.newPage({ viewport: { width, height: 800 }, colorScheme })
      const outside: string[] = []
      const complaints: string[] = []
      page.on('request', request => { if (request.url() !== pathToFileURL(file).href) outside.push(request.url()) })
      page.on('console', message => { complaints.push(message.text()) })
      page.on('pageerror', error => { complaints.push(error.message) })
      await page.goto(pathToFileURL(file).href)
      const what = `${colorScheme}, ${width} px`
      t.strictSame(outside, [], `${what}: nothing is fetched`)
      t.strictSame(complaints, [], `${what}: the browser has nothing to complain about`)
      t.ok(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), `${what}: the page does not scroll sideways`)
      const shown = await page.locator('figure > svg:visible').count()
      t.equal(shown, await page.locator('figure').count(), `${what}: each plot is shown once`)
      t.equal(await page.getByRole('img', { name: 'Where the time goes' }).count(), 1, `${what}: a plot has a name`)
      t.strictSame(await page.evaluate(clippedTexts), [], `${what}: every text of a plot lies within it`)
      t.equal(await page.locator('.targets li').count(), 3)
      if (width === 1280) backgrounds.push(String(await page.evaluate('getComputedStyle(document.body).backgroundColor')))
      await page.close()
    }
  }
  t.not(backgrounds[0], backgrounds[1], 'dark is another colour than light')
})

/** Runs in the page: texts that stick out of their SVG by more than a rounding. */
const clippedTexts = `[...document.querySelectorAll('figure > svg')].filter(svg => svg.checkVisibility()).flatMap(svg => {
  const { left, right, top, bottom } = svg.getBoundingClientRect()
  return [...svg.querySelectorAll('text')].filter(text => {
    const box = text.getBoundingClientRect()
    return box.left < left - 2 || box.right > right + 2 || box.top < top - 2 || box.bottom > bottom + 2
  }).map(text => text.textContent)
})`
