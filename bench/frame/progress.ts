import cliProgress from 'cli-progress'

const lineEveryMs = 5_000

/** How far a bench is: a bar on a terminal, a line now and then elsewhere, both on stderr. */
export interface Progress {
  show (done: number, total: number, what: string): void
  close (): void
}

export function openProgress (name: string, stream: NodeJS.WriteStream): Progress {
  return stream.isTTY ? bar(name, stream) : lines(name, stream)
}

function bar (name: string, stream: NodeJS.WriteStream): Progress {
  const single = new cliProgress.SingleBar(
    { format: `${name} {bar} {value}/{total} {what}`, stream, hideCursor: true, clearOnComplete: true, linewrap: false },
    cliProgress.Presets.shades_classic)
  single.start(1, 0, { what: 'starts' })
  return {
    show (done, total, what) {
      single.setTotal(total)
      single.update(done, { what })
    },
    close () { single.stop() }
  }
}

function lines (name: string, stream: NodeJS.WritableStream): Progress {
  let last = -Infinity
  return {
    show (done, total, what) {
      if (performance.now() - last < lineEveryMs) return
      last = performance.now()
      stream.write(`${name}: ${done} of ${total}, ${what}\n`)
    },
    close () {}
  }
}
