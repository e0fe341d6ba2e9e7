import { MessageChannel, type MessagePort } from 'node:worker_threads'

/** A shorter chunk costs less to collect than to free, and may be a part of memory that others use. */
const chunkBytesMin = 16 * 1024

/** What is transferred to a port that nobody listens to any more is freed. */
const nowhere = closedPort()

function closedPort (): MessagePort {
  const { port1, port2 } = new MessageChannel()
  port2.close()
  port1.unref()
  return port1
}

/**
 * Gives the memory of a chunk that was copied back at once, where it is a chunk's alone: the next chunk then lies in memory that the
 * processor still has at hand. Left to the collector, chunks of a stream walk through tens of megabytes, each new page of which
 * costs as much as what is copied into it (docs/decisions/0006-heap-growth.md). The chunk is empty afterwards.
 */
export function freeChunk (chunk: Uint8Array): void {
  const { buffer } = chunk
  if (buffer instanceof ArrayBuffer && chunk.byteLength === buffer.byteLength && chunk.byteLength >= chunkBytesMin) nowhere.postMessage(undefined, [buffer])
}
