import { AppError } from '../../contract/errors.ts'
import type { CoreContext, Handlers } from '../context.ts'
import { scansOf } from '../hygiene/scan.ts'
import type { Trainers } from '../processes/trainers.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import { backgroundJobsOf } from '../runs/background-job.ts'
import { findRun, toRun } from '../runs/stored-runs.ts'
import { checkLabels } from './check-labels.ts'
import { estimateCheck } from './estimate-check.ts'
import { evidenceOf } from './evidence.ts'
import { headPlan } from './head-plan.ts'
import { keepLabels } from './keep-labels.ts'
import { describeCheck, listSuspects } from './list-suspects.ts'
import { retrainEffect } from './retrain-effect.ts'
import { readCheck, readCheckData, readExamined, type CheckData, type Examined } from './stored-check.ts'

type LabelErrorsRequest =
  | 'labelErrors.estimate'
  | 'labelErrors.find'
  | 'labelErrors.list'
  | 'labelErrors.evidence'
  | 'labelErrors.keep'
  | 'labelErrors.retrain'
  | 'labelErrors.effect'

/** What is kept of a project's newest search, once it was needed. */
interface Kept {
  readonly files: string
  readonly examined: Examined | null
  data?: Promise<CheckData | null>
}

/** Labels that are likely wrong: found, reviewed, and what their repair brings. */
export function createLabelErrorsHandlers(
  context: CoreContext,
  trainers: Trainers,
  startRun: Handlers<'runs.start'>['runs.start'],
): Handlers<LabelErrorsRequest> {
  const { projects, publish } = context
  const running = new Map<OpenProject, { done: Promise<number>; closing: AbortController }>()
  const keptOf = new WeakMap<OpenProject, Kept>()
  projects.onClose(async (project) => {
    const work = running.get(project)
    work?.closing.abort()
    await work?.done.catch(() => {})
  })

  async function keptFor(project: OpenProject): Promise<Kept | null> {
    const check = readCheck(project)
    if (!check) return null
    const known = keptOf.get(project)
    if (known?.files === check.files) return known
    const kept = { files: check.files, examined: await readExamined(project, check) }
    keptOf.set(project, kept)
    return kept
  }

  async function dataOf(project: OpenProject): Promise<CheckData | null> {
    const kept = await keptFor(project)
    const check = readCheck(project)
    if (!kept?.examined || check?.files !== kept.files) return null
    kept.data ??= readCheckData(project, check, kept.examined)
    return kept.data
  }

  async function find(project: OpenProject, closing: AbortSignal, input: { backbone: string; seed: number }) {
    // What shows the same is in one fold.
    await scansOf(context).run(project)
    return backgroundJobsOf(context).run(project.id, 'label-errors', closing, (onEvent, signal) =>
      checkLabels({ ...context, trainers, onEvent, signal }, project, input),
    )
  }

  return {
    'labelErrors.estimate': ({ projectId, backbone }) =>
      estimateCheck(context, projects.get(projectId), backbone),
    async 'labelErrors.find'({ projectId, ...input }) {
      const project = projects.get(projectId)
      if (running.has(project)) {
        throw new AppError(
          'invalid-input',
          'Label errors are being looked for in this project already; wait until that has ended, or cancel it.',
        )
      }
      const closing = new AbortController()
      const done = find(project, closing.signal, input).finally(() => running.delete(project))
      running.set(project, { done, closing })
      const suspects = await done
      publish('labelErrors.changed', { projectId })
      const check = readCheck(project)
      if (!check) throw new AppError('internal', 'The search for label errors ended, but nothing was stored.')
      const kept = await keptFor(project)
      return { check: describeCheck(project, check, kept?.examined ?? null), suspects }
    },
    async 'labelErrors.list'({ projectId }) {
      const project = projects.get(projectId)
      const kept = await keptFor(project)
      const check = readCheck(project)
      return {
        check: check && describeCheck(project, check, kept?.examined ?? null),
        suspects: listSuspects(project),
      }
    },
    async 'labelErrors.evidence'({ projectId, imageId, count }) {
      const project = projects.get(projectId)
      const suspect = listSuspects(project).find((each) => each.imageId === imageId)
      if (!suspect) {
        throw new AppError(
          'image-not-found',
          `The image with the id ${imageId} is not among the suspects of the last search. Choose one of those listed.`,
          { imageId },
        )
      }
      const classIds = [suspect.givenClassId, suspect.suggestedClassId]
      return evidenceOf(project, await dataOf(project), imageId, classIds, count)
    },
    'labelErrors.keep': ({ projectId, imageIds }) => ({
      changed: keepLabels(context, projects.get(projectId), imageIds),
    }),
    'labelErrors.retrain'({ projectId, runId, name }) {
      const run = toRun(findRun(projects.get(projectId), runId))
      return startRun({ projectId, plan: headPlan(run.plan), name: name ?? `${run.name}, retrained head` })
    },
    'labelErrors.effect'({ projectId, before, after }) {
      const project = projects.get(projectId)
      return { effect: retrainEffect(project, findRun(project, before), findRun(project, after)) }
    },
  }
}
