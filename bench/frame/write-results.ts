import { mkdir, mkdtemp, rmdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { BenchUsageError } from './bench.js'
import { htmlReport } from './html-report.js'
import type { RunRecord } from './record.js'

/**
 * Makes the folder and tries it out, before hours of work whose figures would have no place.
 * @throws BenchUsageError where nothing can be written there
 */
export async function makeResultsFolder (folder: string): Promise<void> {
  try {
    await makeFolder(folder)
    await rmdir(await mkdtemp(join(folder, '.try-')))
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : ''
    throw new BenchUsageError(`--out cannot be '${folder}': it takes a folder that can be made and written to${code}.`)
  }
}

/** Node's own recursive mkdir never ends on a file system that makes no folders, such as /proc. */
async function makeFolder (folder: string): Promise<void> {
  try {
    await mkdir(folder)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'EEXIST') return
    if (code !== 'ENOENT' || dirname(folder) === folder) throw error
    await makeFolder(dirname(folder))
    await mkdir(folder)
  }
}

/**
 * Writes one JSON file for each bench that is not missing, with the machine and the command, and `report.html`.
 * @param folder one that `makeResultsFolder` has made
 * @returns the path of the report
 */
export async function writeResults (folder: string, run: RunRecord): Promise<string> {
  for (const bench of run.benches.filter(({ missing }) => missing !== true)) {
    await writeFile(join(folder, `${bench.name}.json`), `${JSON.stringify({ ...run, benches: [bench] }, undefined, 2)}\n`)
  }
  const report = reportPath(folder)
  await writeFile(report, htmlReport(run))
  return report
}

export function reportPath (folder: string): string {
  return join(folder, 'report.html')
}
