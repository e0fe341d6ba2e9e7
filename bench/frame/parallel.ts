/** Works on all items, at most `width` at a time; rejects with the first error after what was begun has ended. */
export async function inParallel<Item> (items: readonly Item[], width: number, work: (item: Item, index: number) => Promise<void>): Promise<void> {
  let next = 0
  let failed = false
  const lane = async (): Promise<void> => {
    while (next < items.length && !failed) {
      const index = next++
      try {
        await work(items[index] as Item, index)
      } catch (error) {
        failed = true
        throw error
      }
    }
  }
  const ended = await Promise.allSettled(Array.from({ length: width }, lane))
  for (const one of ended) if (one.status === 'rejected') throw one.reason
}
