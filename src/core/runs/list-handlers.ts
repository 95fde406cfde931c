import type { Run } from '../../contract/entities.ts'
import { AppError } from '../../contract/errors.ts'
import type { CoreContext, Handlers } from '../context.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import { listDeletedRuns, purgeDeletedRuns, undoDeletionMs } from './deleted-runs.ts'
import { readCurves } from './run-curves.ts'
import type { RunQueue } from './run-queue.ts'
import { changeRun, findRun, listRuns, runIdOf, runNumber, toRun, type RunChange } from './stored-runs.ts'

type RunListRequest =
  | 'runs.list'
  | 'runs.curves'
  | 'runs.rename'
  | 'runs.mark'
  | 'runs.delete'
  | 'runs.restore'
  | 'runs.listDeleted'

/** The table of runs: what people say of them, their curves over each other, deletion and its undo. */
export function createRunListHandlers(
  { projects, publish, log }: CoreContext,
  queue: RunQueue,
): Handlers<RunListRequest> {
  projects.onOpen((project) => purgeDeletedRuns(project, Date.now()))
  projects.onClose((project) => purgeDeletedRuns(project, Date.now()))

  function change(project: OpenProject, number: number, columns: RunChange): Run {
    const run = changeRun(project, number, columns)
    publish('runs.changed', { projectId: project.id, run })
    return run
  }

  function purgeLater(project: OpenProject): void {
    setTimeout(() => {
      if (!projects.list().includes(project)) return
      try {
        purgeDeletedRuns(project, Date.now() - undoDeletionMs)
      } catch (error) {
        // They go when the project is closed.
        log.error({ error, project: project.path }, 'deleted runs could not be removed')
      }
    }, undoDeletionMs).unref()
  }

  return {
    'runs.list': ({ projectId }) => ({ runs: listRuns(projects.get(projectId)) }),
    'runs.curves'({ projectId, runIds, ...options }) {
      const project = projects.get(projectId)
      return {
        curves: readCurves(
          project,
          runIds.map((id) => findRun(project, id)),
          options,
        ),
      }
    },
    'runs.rename'({ projectId, runId, name }) {
      const project = projects.get(projectId)
      const { number } = findRun(project, runId)
      if (name.trim() === '')
        throw new AppError('invalid-input', 'A run needs a name; the one given is empty.')
      return change(project, number, { name: name.trim() })
    },
    'runs.mark'({ projectId, runIds, pinned, archived, note, addTags = [], removeTags = [] }) {
      const project = projects.get(projectId)
      const rows = runIds.map((id) => findRun(project, id))
      const added = addTags.map((tag) => tag.trim()).filter(Boolean)
      const runs = project.transaction(() =>
        rows.map((row) => {
          const tags = toRun(row).tags.filter((tag) => !removeTags.includes(tag))
          return changeRun(project, row.number, {
            tags: JSON.stringify([...new Set([...tags, ...added])]),
            ...(pinned === undefined ? {} : { pinned: Number(pinned) }),
            ...(archived === undefined ? {} : { archived: Number(archived) }),
            ...(note === undefined ? {} : { note: note?.trim() || null }),
          })
        }),
      )
      for (const run of runs) publish('runs.changed', { projectId: project.id, run })
      return { runs }
    },
    async 'runs.delete'({ projectId, runId }) {
      const project = projects.get(projectId)
      const { number } = findRun(project, runId)
      await queue.interrupt(project, number)
      project.transaction(() => changeRun(project, number, { deleted_at: Date.now() }))
      publish('runs.deleted', { projectId, runId: runIdOf(number) })
      purgeLater(project)
      return {}
    },
    'runs.restore'({ projectId, runId }) {
      const project = projects.get(projectId)
      const number = runNumber(runId)
      const isThere = listDeletedRuns(project).some(({ run }) => run.id === runIdOf(number))
      if (!isThere) {
        throw new AppError(
          'run-not-found',
          `${runId} is not among the deleted runs. They can be brought back for ${undoDeletionMs / 60_000} minutes, until the project is closed.`,
          { run: runId },
        )
      }
      return change(project, number, { deleted_at: null })
    },
    'runs.listDeleted': ({ projectId }) => ({ runs: listDeletedRuns(projects.get(projectId)) }),
  }
}
