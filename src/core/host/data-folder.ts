import { homedir } from 'node:os'
import { join, resolve } from 'node:path'

/**
 * Where the state of the person is kept (recent projects, settings, logs, the sample): `THAW_HOME`, or the platform's own
 * place for it.
 *
 * @see https://specifications.freedesktop.org/basedir-spec/latest/
 */
export function dataFolder(
  environment: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
  home: string = homedir(),
): string {
  if (environment.THAW_HOME) return resolve(environment.THAW_HOME)
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'Thaw')
  if (platform === 'win32') return join(environment.APPDATA || join(home, 'AppData', 'Roaming'), 'Thaw')
  return join(environment.XDG_DATA_HOME || join(home, '.local', 'share'), 'thaw')
}
