import type { CoreContext, Handlers } from '../context.ts'
import { createClass, deleteClass, listClasses } from './classes.ts'
import { listJournal, redo, undo, undoTo } from './journal.ts'
import { mergeClasses } from './merge-classes.ts'
import { removeImages } from './remove-images.ts'
import { reorderClasses } from './reorder-classes.ts'
import { setLabels } from './set-labels.ts'
import { setListedLabels } from './set-listed-labels.ts'
import { setMarks } from './set-marks.ts'
import { splitOffClass } from './split-off-class.ts'
import { updateClass } from './update-class.ts'

export function createLabelsHandlers(
  context: Pick<CoreContext, 'publish' | 'projects'>,
): Handlers<
  | 'classes.list'
  | 'classes.create'
  | 'classes.update'
  | 'classes.reorder'
  | 'classes.merge'
  | 'classes.splitOff'
  | 'classes.delete'
  | 'labels.set'
  | 'labels.setListed'
  | 'marks.set'
  | 'images.remove'
  | 'journal.list'
  | 'journal.undo'
  | 'journal.redo'
  | 'journal.undoTo'
> {
  const { projects } = context
  return {
    'classes.list': ({ projectId }) => ({ classes: listClasses(projects.get(projectId)) }),
    'classes.create': ({ projectId, name }) => createClass(context, projects.get(projectId), name),
    'classes.update': ({ projectId, classId, ...change }) =>
      updateClass(context, projects.get(projectId), classId, change),
    'classes.reorder': ({ projectId, classIds }) => {
      reorderClasses(context, projects.get(projectId), classIds)
      return {}
    },
    'classes.merge': ({ projectId, fromId, intoId }) => ({
      changed: mergeClasses(context, projects.get(projectId), fromId, intoId),
    }),
    'classes.splitOff': ({ projectId, imageIds, name }) =>
      splitOffClass(context, projects.get(projectId), imageIds, name),
    'classes.delete': ({ projectId, classId }) => ({
      changed: deleteClass(context, projects.get(projectId), classId),
    }),
    'labels.set': ({ projectId, imageIds, classId, mode }) => ({
      changed: setLabels(context, projects.get(projectId), imageIds, classId, mode),
    }),
    'labels.setListed': ({ projectId, file }) => setListedLabels(context, projects.get(projectId), file),
    'marks.set': ({ projectId, imageIds, ...change }) => ({
      changed: setMarks(context, projects.get(projectId), imageIds, change),
    }),
    'images.remove': ({ projectId, imageIds }) => ({
      changed: removeImages(context, projects.get(projectId), imageIds),
    }),
    'journal.list': ({ projectId, limit }) => listJournal(projects.get(projectId), limit),
    'journal.undo': ({ projectId }) => undo(context, projects.get(projectId)),
    'journal.redo': ({ projectId }) => redo(context, projects.get(projectId)),
    'journal.undoTo': ({ projectId, entryId }) => ({
      undone: undoTo(context, projects.get(projectId), entryId),
    }),
  }
}
