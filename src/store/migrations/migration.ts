/** One step of the schema. */
export interface Migration {
  /** 1, 2, 3, ...: the order in which they run. */
  id: number
  name: string
  sql: string
}
