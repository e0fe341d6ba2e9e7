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
      t.equal(await page.locator('.targets li').count(), 4)
      t.strictSame(await page.evaluate(hiddenCells), [], `${what}: a table that is cut off can be scrolled, and shows it`)
      if (width === 1280) backgrounds.push(String(await page.evaluate('getComputedStyle(document.body).backgroundColor')))
      await page.close()
    }
  }
  t.not(backgrounds[0], backgrounds[1], 'dark is another colour than light')
  const page = await browser.newPage({ viewport: { width: paperWidthPx, height: 1000 } })
  await page.goto(pathToFileURL(file).href)
  await page.emulateMedia({ media: 'print' })
  t.strictSame(await page.evaluate(wideTables), [], 'on paper, where nothing scrolls, every table fits')
  t.strictSame(await page.evaluate(clippedTexts), [], 'on paper, every text of a plot lies within it')
  t.ok(await page.locator('.verdict').isVisible(), 'the verdict is printed')
})

/** A4 between the margins that the style sheet sets. */
const paperWidthPx = 703

/** Runs in the page: tables that are wider than their place, and with it than the paper. */
const wideTables = '[...document.querySelectorAll(\'.tables .scroll\')].filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth).map(({ textContent }) => textContent.slice(0, 40))'

/** Runs in the page: tables whose last columns are out of sight without a way there, or without a shade that tells of them. */
const hiddenCells = `[...document.querySelectorAll('.tables .scroll')].filter(box => box.scrollWidth > box.clientWidth).filter(box => {
  const { overflowX, backgroundImage } = getComputedStyle(box)
  return overflowX !== 'auto' || backgroundImage === 'none'
}).map(({ textContent }) => textContent.slice(0, 40))`

/** Runs in the page: texts that stick out of their SVG by more than a rounding. */
const clippedTexts = `[...document.querySelectorAll('figure > svg')].filter(svg => svg.checkVisibility()).flatMap(svg => {
  const { left, right, top, bottom } = svg.getBoundingClientRect()
  return [...svg.querySelectorAll('text')].filter(text => {
    const box = text.getBoundingClientRect()
    return box.left < left - 2 || box.right > right + 2 || box.top < top - 2 || box.bottom > bottom + 2
  }).map(text => text.textContent)
})`
