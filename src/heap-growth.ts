import { setFlagsFromString } from 'node:v8'

/** A heap is collected as a whole when it is four times what was alive after the last time. */
const growthPercent = 300

/**
 * Lets the JavaScript heaps of this process, those of its threads too, grow further between two full collections. What lives in
 * them is small here and changes little, so V8 lets such a heap grow by a tenth; but the bytes of every body that is read count
 * as growth, and then it collects everything several times a second, from the first full collection on and for good. It cost up
 * to a fifth of a busy gate's time (docs/decisions/0006-heap-growth.md). The flag is none of Node's own; a V8 without it says
 * so on stderr and goes on.
 */
export function letHeapsGrow (): void {
  setFlagsFromString(`--heap-growing-percent=${growthPercent}`)
}
