import type { CoreContext, Handlers } from '../context.ts'
import { deleteView, listViews, saveView } from './views.ts'

export function createViewsHandlers(
  context: Pick<CoreContext, 'publish' | 'projects'>,
): Handlers<'views.list' | 'views.save' | 'views.delete'> {
  const { projects } = context
  return {
    'views.list': ({ projectId }) => ({ views: listViews(projects.get(projectId)) }),
    'views.save': ({ projectId, ...view }) => saveView(context, projects.get(projectId), view),
    'views.delete': ({ projectId, viewId }) => {
      deleteView(context, projects.get(projectId), viewId)
      return {}
    },
  }
}
