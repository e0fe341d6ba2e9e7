/**
 * All changes of lists and known material, one at a time: store first, then index, then the answer. So list versions are
 * published in the order in which they became durable.
 */
export class ChangeQueue {
  #last: Promise<unknown> = Promise.resolve()

  async run<T> (change: () => Promise<T>): Promise<T> {
    const done = this.#last.then(change)
    this.#last = done.catch(() => {})
    return await done
  }

  /** Resolves when no change is under way. */
  async settled (): Promise<void> {
    await this.#last
  }
}
