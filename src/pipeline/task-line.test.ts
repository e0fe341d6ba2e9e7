import { queueOptionsSymbol } from 'piscina'
import { test } from 'tap'
import { TaskLine, withTicket } from './task-line.js'

test('tasks leave in the order of their arrival; one that found no thread is the next again', async t => {
  const line = new TaskLine()
  const tasks = ['a', 'b', 'c'].map(name => ({ name, [queueOptionsSymbol]: null }))
  for (const task of tasks) line.push(task)
  const first = line.shift()
  t.equal(first, tasks[0])
  if (first !== null) line.unshift(first)
  t.equal(line.size, 3)
  t.strictSame([line.shift(), line.shift(), line.shift(), line.shift()], [...tasks, null])
})

test('a task is taken out by its ticket, once', async t => {
  const line = new TaskLine()
  const tickets = [{}, {}, {}]
  const tasks = tickets.map(ticket => withTicket({ [queueOptionsSymbol]: null }, ticket))
  for (const task of tasks) line.push(task)
  t.equal(line.withdraw(tickets[1] ?? {}), true)
  t.equal(line.withdraw(tickets[1] ?? {}), false)
  t.equal(line.withdraw({}), false)
  t.strictSame([line.shift(), line.shift(), line.shift()], [tasks[0], tasks[2], null])
})
