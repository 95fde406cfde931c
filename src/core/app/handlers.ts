import { join } from 'node:path'
import { AppError } from '../../contract/errors.ts'
import { settingsSchema } from '../../contract/requests/app.ts'
import type { CoreContext, Handlers } from '../context.ts'
import { runDoctor } from '../runs/doctor.ts'
import { createJsonFile } from './json-file.ts'
import { listFolder } from './list-folder.ts'

export function createAppHandlers(
  context: CoreContext,
): Handlers<
  'app.info' | 'app.settings' | 'app.updateSettings' | 'app.listFolder' | 'app.pickFolder' | 'app.doctor'
> {
  const file = join(context.dataDir, 'settings.json')
  const settings = createJsonFile(file, settingsSchema, { locale: null, theme: 'system' }, (error) =>
    context.log.warn({ error, file }, 'settings could not be read; defaults are used'),
  )
  return {
    'app.info': () => ({ host: context.host, version: context.version, platform: process.platform }),
    'app.settings': () => settings.read(),
    'app.updateSettings': (changes) => {
      const updated = { ...settings.read(), ...changes }
      settings.write(updated)
      context.publish('settings.changed', {})
      return updated
    },
    'app.listFolder': ({ path, kind }) => listFolder(path, kind),
    'app.pickFolder': async ({ kind }) => {
      if (!context.pickFolder) {
        throw new AppError(
          'invalid-input',
          'This host has no dialogs of its own: browse with app.listFolder.',
        )
      }
      return { path: await context.pickFolder(kind) }
    },
    'app.doctor': () => runDoctor(context),
  }
}
