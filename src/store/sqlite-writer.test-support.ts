import { writeSync } from 'node:fs'
import { bareItem, by, newList } from './store-samples.test-support.js'
import { openSqliteStore } from './sqlite-store.js'

/** A process to be killed: adds items for ever and says each item's id, with nothing buffered, when it is acknowledged. */
const store = openSqliteStore(process.argv[2] ?? '')
const { value: { listId } } = await store.createList(newList('one'), by('listCreated'))
for (let seed = 0; ; seed++) {
  const { value } = await store.addItems(listId, [bareItem(seed)], by('itemAdded'))
  writeSync(1, `${value[0]?.itemId}\n`)
}
