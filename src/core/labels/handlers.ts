import type { CoreContext, Handlers } from '../context.ts'
import { createClass, deleteClass, listClasses, renameClass } from './classes.ts'
import { listJournal, redo, undo } from './journal.ts'
import { removeImages } from './remove-images.ts'
import { setLabels } from './set-labels.ts'

export function createLabelsHandlers(
  context: Pick<CoreContext, 'publish' | 'projects'>,
): Handlers<
  | 'classes.list'
  | 'classes.create'
  | 'classes.rename'
  | 'classes.delete'
  | 'labels.set'
  | 'images.remove'
  | 'journal.list'
  | 'journal.undo'
  | 'journal.redo'
> {
  const { projects } = context
  return {
    'classes.list': ({ projectId }) => ({ classes: listClasses(projects.get(projectId)) }),
    'classes.create': ({ projectId, name }) => createClass(context, projects.get(projectId), name),
    'classes.rename': ({ projectId, classId, name }) =>
      renameClass(context, projects.get(projectId), classId, name),
    'classes.delete': ({ projectId, classId }) => ({
      changed: deleteClass(context, projects.get(projectId), classId),
    }),
    'labels.set': ({ projectId, imageIds, classId }) => ({
      changed: setLabels(context, projects.get(projectId), imageIds, classId),
    }),
    'images.remove': ({ projectId, imageIds }) => ({
      changed: removeImages(context, projects.get(projectId), imageIds),
    }),
    'journal.list': ({ projectId, limit }) => listJournal(projects.get(projectId), limit),
    'journal.undo': ({ projectId }) => undo(context, projects.get(projectId)),
    'journal.redo': ({ projectId }) => redo(context, projects.get(projectId)),
  }
}
