/** So many of the items, spread evenly over them: names that sort together show the same thing, and the first ones are no sample. */
export function evenly<Item> (items: readonly Item[], most: number): Item[] {
  const count = Math.min(most, items.length)
  return items.filter((_, index) => Math.floor((index + 1) * count / items.length) > Math.floor(index * count / items.length))
}
