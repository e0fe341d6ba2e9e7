import { queueOptionsSymbol, type TaskQueue } from 'piscina'

type Task = Parameters<TaskQueue['push']>[0]

/** A task with the ticket by which it can be taken out of the line. */
export function withTicket<T extends object> (task: T, ticket: object): T {
  return { ...task, [queueOptionsSymbol]: ticket }
}

/**
 * The tasks that wait for a thread of one pool, in the order of their arrival. Piscina's own queue cannot let go of one: what its abort
 * signals end, it keeps in another queue, which has no limit and no order.
 */
export class TaskLine implements TaskQueue {
  readonly #tasks: Task[] = []

  get size (): number { return this.#tasks.length }

  push (task: Task): void { this.#tasks.push(task) }

  /** A task that found no thread free goes back to where it was. */
  unshift (task: Task): void { this.#tasks.unshift(task) }

  shift (): Task | null { return this.#tasks.shift() ?? null }

  remove (task: Task): void { this.#removeAt(this.#tasks.indexOf(task)) }

  /** @returns whether the task with this ticket was still waiting; then its `run` never settles */
  withdraw (ticket: object): boolean {
    return this.#removeAt(this.#tasks.findIndex(task => task[queueOptionsSymbol] === ticket))
  }

  #removeAt (place: number): boolean {
    return place >= 0 && this.#tasks.splice(place, 1).length > 0
  }
}
