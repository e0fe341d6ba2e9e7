import { parentPort, workerData } from 'node:worker_threads'
import type { Job, JobAnswer, JobResults } from './background.js'
import { compileKernel } from './kernel-instance.js'
import { mergeParts } from './part-merge.js'
import { loadSnapshotParts } from './snapshot-load.js'
import { saveSnapshotParts } from './snapshot-save.js'

async function run (job: Job): Promise<JobResults[Job['kind']]> {
  const module = compileKernel()
  switch (job.kind) {
    case 'merge': return mergeParts(job.algorithm, job.sources, job.rowsMax, module)
    case 'save': return saveSnapshotParts(job.folder, job.content, module)
    case 'load': return await loadSnapshotParts(job.folder, module)
  }
}

async function answerOf (job: Job): Promise<JobAnswer> {
  try {
    return { result: await run(job) }
  } catch (error) {
    return { error }
  }
}

parentPort?.postMessage(await answerOf(workerData as Job))
