import type { Worker } from 'node:worker_threads'

/**
 * Follows a thread that was started just now; what is returned waits until it has loaded its code, that is until its first
 * message, or until it is gone. A thread is not ended before: Node 20 aborts the whole process where that falls between two
 * modules (seen under import hooks, in `v8::Module::IsGraphAsync`).
 */
export function followLoading (thread: Worker): () => Promise<void> {
  const loaded = new Promise<void>(resolve => {
    thread.once('message', () => { resolve() })
    thread.once('exit', () => { resolve() })
  })
  return async () => {
    // Otherwise nothing may be left that keeps the process running for it.
    thread.ref()
    await loaded
  }
}
