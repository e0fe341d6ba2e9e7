import { readFile, writeFile } from 'node:fs/promises'
import { test } from 'tap'
import { openSite } from './site.test-support.js'

const file = new URL('../docs/openapi.json', import.meta.url)

interface Operation { summary?: string, operationId?: string, tags?: string[], security?: object[], responses: Record<string, object> }

test('docs/openapi.json is what the gate serves', async t => {
  const site = await openSite(t, t.testdir())
  const served = await (await fetch(site.url + '/openapi.json')).json() as { openapi: string, paths: Record<string, Record<string, Operation>> }
  if (process.argv.includes('--write')) await writeFile(file, JSON.stringify(served, null, 2) + '\n')
  t.strictSame(JSON.parse(await readFile(file, 'utf8')), served, 'if the change is meant: npm run openapi')
  t.match(served.openapi, /^3\.1\./)
  const operations = Object.entries(served.paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => ({ name: `${method} ${path}`, operation })))
  t.ok(operations.length > 15)
  for (const { name, operation } of operations) {
    t.ok(operation.summary && operation.operationId && operation.tags?.length === 1 && operation.security, name)
    t.ok(Object.keys(operation.responses).some(status => status.startsWith('2')), `${name} says what it answers`)
    t.ok(operation.responses['500'], `${name} says how it fails`)
  }
  t.equal(new Set(operations.map(({ operation }) => operation.operationId)).size, operations.length)
})

test('the page at /docs loads nothing from elsewhere', async t => {
  const site = await openSite(t, t.testdir())
  const get = async (path: string) => {
    const answer = await fetch(site.url + path)
    return { status: answer.status, policy: answer.headers.get('content-security-policy'), text: await answer.text() }
  }
  const page = await get('/docs')
  t.equal(page.status, 200)
  t.match(page.policy, /default-src 'self'/)
  t.notMatch(page.policy, /https?:|upgrade-insecure/)
  t.notMatch(page.text, /(?:src|href)="(?:https?:)?\/\//)
  for (const part of ['swagger-ui-bundle.js', 'swagger-initializer.js', 'swagger-ui.css']) {
    t.equal((await get(`/docs/static/${part}`)).status, 200, part)
  }
  t.match((await get('/healthz')).policy, /default-src 'none'/, 'no other answer may load anything')
})
