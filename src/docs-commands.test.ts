import { spawnSync } from 'node:child_process'
import { test } from 'tap'
import { asShown, openClone, readPage, runSteps } from './doc-commands.test-support.js'

const missing = ['bash', 'curl'].find(program => spawnSync(program, ['--version']).error !== undefined)
const skip = missing === undefined ? false : `${missing} is not installed`

for (const file of ['README.md', 'docs/quickstart.md']) {
  test(`the commands of ${file} print what it shows`, { skip }, async t => {
    const page = readPage(file)
    t.ok(page.steps.filter(step => step.printed !== undefined).length > 1, 'there are steps with output')
    const printed = await runSteps(page, await openClone(t))
    page.steps.forEach((step, at) => {
      if (step.printed !== undefined) t.match(printed[at], asShown(step.printed), `${file}:${step.line}`)
    })
  })
}

test('what is shown is compared', t => {
  t.match('{"a":1,"id":"x"}\n', asShown('{"a":1,...}'))
  t.notMatch('{"a":2,"id":"x"}', asShown('{"a":1,...}'))
  t.notMatch('more {"a":1}', asShown('{"a":1}'))
  t.match('one   two\n', asShown('one\ntwo'))
  t.end()
})
