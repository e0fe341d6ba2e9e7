import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { test } from 'tap'
import { askForHugePages } from './huge-pages.js'

const pageBytes = 65_536
const shared = (bytes: number): WebAssembly.Memory => new WebAssembly.Memory({ initial: bytes / pageBytes, maximum: bytes / pageBytes, shared: true })

/** Bytes of this process that lie in pages of 2 MiB. */
function hugeBytes (): number {
  return 1024 * Number(/^AnonHugePages: +(\d+) kB$/m.exec(readFileSync('/proc/self/smaps_rollup', 'utf8'))?.[1])
}

/** Why this machine cannot show it, if it cannot. */
function missing (): string | false {
  if (process.platform !== 'linux') return 'huge pages are asked for on Linux only'
  try {
    createRequire(import.meta.url)('koffi')
  } catch {
    return 'koffi is not installed'
  }
  return /\[(madvise|always)\]/.test(readFileSync('/sys/kernel/mm/transparent_hugepage/enabled', 'utf8')) ? false : 'the system grants no huge pages'
}

test('a large memory comes in huge pages', { skip: missing() }, t => {
  const memory = shared(64 * 2 ** 20)
  const before = hugeBytes()
  t.equal(askForHugePages(memory), true)
  new Uint8Array(memory.buffer).fill(1)
  t.ok(hugeBytes() - before >= 32 * 2 ** 20, 'at least half of it: the system may be short of them')
  t.end()
})

test('a small memory is left alone', t => {
  t.equal(askForHugePages(shared(2 ** 20)), false)
  t.end()
})
