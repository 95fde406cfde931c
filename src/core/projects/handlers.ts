import type { CoreContext, Handlers } from '../context.ts'
import { importsOf } from '../images/imports.ts'
import { createSample } from '../images/sample.ts'
import { checkProject } from './check/check-project.ts'
import { projectForFolder } from './for-folder.ts'
import { toProject } from './open-projects.ts'
import { createRecentProjects } from './recent-projects.ts'
import { readStats } from './stats.ts'

export function createProjectsHandlers(
  context: CoreContext,
): Handlers<
  | 'projects.create'
  | 'projects.open'
  | 'projects.close'
  | 'projects.opened'
  | 'projects.recent'
  | 'projects.forgetRecent'
  | 'projects.forFolder'
  | 'projects.sample'
  | 'projects.stats'
  | 'projects.check'
> {
  const { projects } = context
  const recent = createRecentProjects(context)
  return {
    'projects.create': ({ path, name }) => toProject(projects.create(path, name)),
    'projects.open': ({ path }) => toProject(projects.open(path)),
    'projects.close': async ({ projectId }) => {
      await projects.close(projectId)
      return {}
    },
    'projects.opened': () => ({ projects: projects.list().map(toProject) }),
    'projects.recent': () => ({ projects: recent.list() }),
    'projects.forgetRecent': ({ path }) => {
      recent.forget(path)
      return {}
    },
    'projects.forFolder': async ({ folder }) => toProject(await projectForFolder(context, folder)),
    'projects.sample': (input) => createSample(context, input),
    'projects.stats': async ({ projectId }) => {
      await importsOf(context).lookAround(projects.get(projectId))
      return readStats(projects.get(projectId))
    },
    'projects.check': ({ projectId, repair }) => checkProject(projects.get(projectId), repair),
  }
}
