import { mkdirSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { pino, type Logger } from 'pino'
import { AppError } from '../../contract/errors.ts'

const logLimitBytes = 5_000_000

/**
 * `logs/thaw.log` in the data folder; at five megabytes it becomes `thaw.1.log` and a new one begins.
 *
 * @throws AppError 'invalid-input' where nothing can be written there
 */
export function openLog(dataDir: string): Logger {
  const folder = join(dataDir, 'logs')
  const path = join(folder, 'thaw.log')
  try {
    mkdirSync(folder, { recursive: true })
    const sizeBytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0
    if (sizeBytes > logLimitBytes) renameSync(path, join(folder, 'thaw.1.log'))
    return pino(
      { level: process.env.THAW_LOG_LEVEL ?? 'info', base: { pid: process.pid } },
      pino.destination({ dest: path, sync: true }),
    )
  } catch (error) {
    throw new AppError(
      'invalid-input',
      `Expected to write to ${folder}, but: ${(error as Error).message}. Set THAW_HOME to a folder that can be written.`,
      { folder },
    )
  }
}
