import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { test } from 'tap'

const module = new URL('./heap-growth.js', import.meta.url).href

test('this V8 knows the flag', async t => {
  const script = "const { letHeapsGrow } = await import(process.argv[1]); letHeapsGrow(); console.log('goes on')"
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script, module], { env: {} })
  t.same({ stdout, stderr }, { stdout: 'goes on\n', stderr: '' })
})
