import { parentPort, workerData } from 'node:worker_threads'
import type { Job, JobAnswer, JobResults } from './background.js'
import { compileKernel } from './kernel-instance.js'
import { mergeParts } from './part-merge.js'
import { saveSnapshotParts } from './snapshot-save.js'

function run (job: Job): JobResults[Job['kind']] {
  const module = compileKernel()
  switch (job.kind) {
    case 'merge': return mergeParts(job.algorithm, job.sources, job.rowsMax, module)
    case 'save': return saveSnapshotParts(job.folder, job.content, module)
  }
}

function answerOf (job: Job): JobAnswer {
  try {
    return { result: run(job) }
  } catch (error) {
    return { error }
  }
}

parentPort?.postMessage('loaded')
parentPort?.postMessage(answerOf(workerData as Job))
