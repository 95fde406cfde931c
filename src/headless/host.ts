import { fileURLToPath } from 'node:url'
import type { CoreOptions } from '../core/context.ts'
import { createCore, type Core } from '../core/create-core.ts'
import { dataFolder } from '../core/host/data-folder.ts'
import { openLog } from '../core/host/open-log.ts'
import { launchNodeProcess } from '../core/processes/launch-node-process.ts'
import { version } from './version.ts'

/** A core of this process, and the log it writes; trainer and imaging workers run in Node processes of their own. */
export function createHeadlessCore(options: { host: CoreOptions['host'] }): {
  core: Core
  log: CoreOptions['log']
} {
  const dataDir = dataFolder()
  const log = openLog(dataDir)
  const core = createCore({
    dataDir,
    resourcesDir: fileURLToPath(new URL('../../resources/', import.meta.url)),
    host: options.host,
    keepTrainerWarm: options.host !== 'memory',
    version,
    launchTrainer: launchNodeProcess(new URL('../trainer/main.ts', import.meta.url), {
      // Of a command of the command line there is no interface to hold up.
      givesWay: options.host !== 'memory',
    }),
    launchImaging: launchNodeProcess(new URL('../imaging/worker.ts', import.meta.url)),
    log,
  })
  return { core, log }
}
