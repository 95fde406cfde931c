import { resolve } from 'node:path'
import type { CoreContext, Handlers } from '../context.ts'
import { evaluateStored } from '../evaluation/evaluate-split.ts'
import { createExplanationHandlers } from '../explanations/handlers.ts'
import { createTrainers, type Trainers } from '../processes/trainers.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import type { RunRow } from '../store/tables/runs.ts'
import { scansOf } from '../hygiene/scan.ts'
import { backgroundJobsOf } from './background-job.ts'
import { embedImages } from './embed.ts'
import { createRunListHandlers } from './list-handlers.ts'
import { readMetrics } from './metric-log.ts'
import { evaluateAgain, predictPaths } from './predict.ts'
import { createGroupsHandlers } from './groups/handlers.ts'
import { createRunGroups } from './groups/run-groups.ts'
import { interruptAbandonedGroups } from './groups/stored-groups.ts'
import { resumeRun } from './resume-run.ts'
import { createRunQueue } from './run-queue.ts'
import { readSamples } from './run-samples.ts'
import { startRun } from './start-run.ts'
import { findRun, interruptAbandonedRuns, runIdOf, runNumber, toRun } from './stored-runs.ts'
import { tryPlan } from './try-plan.ts'

type RunsRequest =
  | 'runs.start'
  | 'runs.estimate'
  | 'runs.findLearningRate'
  | 'runs.get'
  | 'runs.metrics'
  | 'runs.stop'
  | 'runs.cancel'
  | 'runs.pause'
  | 'runs.continue'
  | 'runs.resume'
  | 'runs.extend'
  | 'runs.queue'
  | 'runs.reorder'
  | 'runs.pauseQueue'
  | 'runs.wait'
  | 'runs.evaluation'
  | 'runs.evaluate'
  | 'runs.predict'
  | 'features.embed'

export interface RunsArea {
  handlers: Handlers<RunsRequest> &
    ReturnType<typeof createGroupsHandlers> &
    ReturnType<typeof createExplanationHandlers> &
    ReturnType<typeof createRunListHandlers>
  /** For short jobs of other areas too: one process does all of them. */
  trainers: Trainers
  /** Interrupts what trains and ends every trainer. */
  close(): Promise<void>
}

const warmDelayMs = 1500

/** Training, what it stored, and what its models say. */
export function createRunsArea(context: CoreContext): RunsArea {
  const { projects, publish, log } = context
  const trainers = createTrainers(context.launchTrainer, log)
  const jobs = backgroundJobsOf(context)
  const queue = createRunQueue({ ...context, onChange: tellQueue, onIdle: warmSoon }, trainers)
  const scanImages = (project: OpenProject) => scansOf(context).run(project)
  const deps = { ...context, queue, scanImages }
  const groups = createRunGroups(deps)
  const closing = new WeakMap<OpenProject, AbortController>()

  projects.onOpen((project) => {
    interruptAbandonedGroups(project)
    warmSoon()
    const interrupted = interruptAbandonedRuns(project)
    if (interrupted > 0) log.warn({ project: project.path, interrupted }, 'runs were cut off by the last end')
  })
  projects.onClose(async (project) => {
    closing.get(project)?.abort()
    await queue.interruptAll(project)
    await groups.allEnded(project)
  })

  /** After what a person waits for. */
  function warmSoon(): void {
    if (context.keepTrainerWarm) setTimeout(() => trainers.keepWarm(), warmDelayMs).unref()
  }
  function queueOf(project: OpenProject): { paused: boolean; runIds: string[] } {
    return { paused: queue.paused, runIds: queue.waiting(project).map(runIdOf) }
  }
  function tellQueue(changed?: OpenProject): void {
    for (const project of changed ? [changed] : projects.list()) {
      publish('runs.queueChanged', { projectId: project.id, ...queueOf(project) })
    }
  }
  const open = (projectId: string, runId: string): { project: OpenProject; row: RunRow } => {
    const project = projects.get(projectId)
    return { project, row: findRun(project, runId) }
  }
  const signalOf = (project: OpenProject): AbortSignal => {
    const controller = closing.get(project) ?? new AbortController()
    closing.set(project, controller)
    return controller.signal
  }

  const handlers: RunsArea['handlers'] = {
    ...createGroupsHandlers(context, deps, groups, signalOf),
    ...createExplanationHandlers(context, trainers, signalOf),
    ...createRunListHandlers(context, queue),
    'runs.start'({ projectId, plan, name }) {
      const project = projects.get(projectId)
      return startRun(deps, project, plan, { name }, signalOf(project))
    },
    'runs.estimate'({ projectId, plan }) {
      const project = projects.get(projectId)
      return jobs.run(projectId, 'estimate', signalOf(project), (onEvent, signal) =>
        tryPlan({ ...context, trainers, onEvent, signal }, project, 'estimate', plan),
      )
    },
    'runs.findLearningRate'({ projectId, plan }) {
      const project = projects.get(projectId)
      return jobs.run(projectId, 'learning-rate', signalOf(project), (onEvent, signal) =>
        tryPlan({ ...context, trainers, onEvent, signal }, project, 'findLearningRate', plan),
      )
    },
    'runs.get'({ projectId, runId }) {
      const { project, row } = open(projectId, runId)
      return {
        run: toRun(row),
        progress: queue.progress(project, row.number),
        samples: readSamples(project, row.number),
      }
    },
    'runs.metrics'({ projectId, runId, afterSeq, limit }) {
      const { project, row } = open(projectId, runId)
      return { rows: readMetrics(project, row.number, afterSeq, limit) }
    },
    'runs.stop'({ projectId, runId }) {
      const { project, row } = open(projectId, runId)
      queue.stop(project, row.number)
      return {}
    },
    'runs.cancel'({ projectId, runId }) {
      const { project, row } = open(projectId, runId)
      queue.cancel(project, row.number)
      return {}
    },
    'runs.pause'({ projectId, runId }) {
      const { project, row } = open(projectId, runId)
      return queue.pause(project, row.number)
    },
    'runs.continue'({ projectId, runId }) {
      const { project, row } = open(projectId, runId)
      return queue.continue(project, row.number)
    },
    'runs.resume'({ projectId, runId }) {
      const { project, row } = open(projectId, runId)
      return resumeRun(deps, project, row, signalOf(project))
    },
    'runs.extend'({ projectId, runId, epochs }) {
      const { project, row } = open(projectId, runId)
      return resumeRun(deps, project, row, signalOf(project), epochs)
    },
    'runs.queue': ({ projectId }) => queueOf(projects.get(projectId)),
    'runs.reorder'({ projectId, runIds }) {
      const project = projects.get(projectId)
      for (const runId of runIds) findRun(project, runId)
      queue.reorder(project, runIds.map(runNumber))
      return { runIds: queueOf(project).runIds }
    },
    'runs.pauseQueue'({ projectId, paused }) {
      projects.get(projectId)
      queue.setPaused(paused)
      return {}
    },
    async 'runs.wait'({ projectId, runId }) {
      const { project, row } = open(projectId, runId)
      await queue.ended(project, row.number)
      return toRun(findRun(project, runId))
    },
    async 'runs.evaluation'({ projectId, runId, split, bootstrap }) {
      const { project, row } = open(projectId, runId)
      return { evaluation: await evaluateStored(project, row, split, bootstrap) }
    },
    'runs.evaluate'({ projectId, runId, split }) {
      const { project, row } = open(projectId, runId)
      return jobs.run(projectId, 'evaluate', signalOf(project), (onEvent, signal) =>
        evaluateAgain({ ...context, trainers, onEvent, signal }, project, row, split),
      )
    },
    'runs.predict'({ projectId, runId, paths, top }) {
      const { project, row } = open(projectId, runId)
      return jobs.run(projectId, 'predict', signalOf(project), (onEvent, signal) =>
        predictPaths({ ...context, trainers, onEvent, signal }, project, row, paths, top),
      )
    },
    'features.embed'({ projectId, outPath, ...options }) {
      const project = projects.get(projectId)
      return jobs.run(projectId, 'embed', signalOf(project), (onEvent, signal) =>
        embedImages({ ...context, trainers, onEvent, signal }, project, {
          ...options,
          outPath: resolve(outPath),
        }),
      )
    },
  }

  return {
    handlers,
    trainers,
    async close() {
      for (const project of projects.list()) closing.get(project)?.abort()
      await queue.interruptAll()
      await groups.allEnded()
      await trainers.close()
    },
  }
}
