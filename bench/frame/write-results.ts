import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { htmlReport } from './html-report.js'
import type { RunRecord } from './record.js'

/**
 * Writes one JSON file for each bench, with the machine and the command, and `report.html`.
 * @returns the path of the report
 */
export async function writeResults (folder: string, run: RunRecord): Promise<string> {
  await mkdir(folder, { recursive: true })
  for (const bench of run.benches) {
    await writeFile(join(folder, `${bench.name}.json`), `${JSON.stringify({ ...run, benches: [bench] }, undefined, 2)}\n`)
  }
  const report = join(folder, 'report.html')
  await writeFile(report, htmlReport(run))
  return report
}
