import { mkdirSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { pino, type Logger } from 'pino'
import type { CoreOptions } from '../core/context.ts'
import { createCore, type Core } from '../core/create-core.ts'
import { launchNodeProcess } from '../core/processes/launch-node-process.ts'
import { dataFolder } from './data-folder.ts'
import { version } from './version.ts'

const logLimitBytes = 5_000_000

/** A core of this process: trainer and imaging workers run in Node processes of their own. */
export function createHeadlessCore(options: { host: CoreOptions['host'] }): Core {
  return createCore(headlessCoreOptions(options))
}

/** What a core needs from a Node process without a window. */
export function headlessCoreOptions(options: { host: CoreOptions['host'] }): CoreOptions {
  const dataDir = dataFolder()
  return {
    dataDir,
    resourcesDir: fileURLToPath(new URL('../../resources/', import.meta.url)),
    host: options.host,
    version,
    launchTrainer: launchNodeProcess(new URL('../trainer/main.ts', import.meta.url)),
    launchImaging: launchNodeProcess(new URL('../imaging/worker.ts', import.meta.url)),
    log: openLog(join(dataDir, 'logs')),
  }
}

/** `thaw.log` in `folder`; at five megabytes it becomes `thaw.1.log` and a new one begins. */
export function openLog(folder: string): Logger {
  mkdirSync(folder, { recursive: true })
  const path = join(folder, 'thaw.log')
  const sizeBytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0
  if (sizeBytes > logLimitBytes) renameSync(path, join(folder, 'thaw.1.log'))
  return pino(
    { level: process.env.THAW_LOG_LEVEL ?? 'info', base: { pid: process.pid } },
    pino.destination({ dest: path, sync: true }),
  )
}
