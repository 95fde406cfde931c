import { join } from 'node:path'
import { pino } from 'pino'
import { createCore, type Core } from '../src/core/create-core.ts'
import { launchNodeProcess } from '../src/core/processes/launch-node-process.ts'

/** A core without a trainer, with a data folder of its own below `folder`. The caller closes it. */
export function coreWithoutTrainer(folder: string): Core {
  return createCore({
    dataDir: join(folder, 'home'),
    resourcesDir: folder,
    host: 'memory',
    version: '0.0.0',
    launchTrainer: () => {
      throw new Error('not used')
    },
    launchImaging: launchNodeProcess(new URL('../src/imaging/worker.ts', import.meta.url)),
    log: pino({ level: 'silent' }),
  })
}

/** Imports a folder into a new project, to the end of its reading. */
export async function importInto(
  core: Core,
  path: string,
  source: string,
): Promise<{ projectId: string; seconds: number }> {
  const { id: projectId } = await core.request('projects.create', { path })
  const start = performance.now()
  const { jobId } = await core.request('images.import', { projectId, source })
  await core.request('images.importReport', { projectId, jobId })
  return { projectId, seconds: (performance.now() - start) / 1000 }
}
