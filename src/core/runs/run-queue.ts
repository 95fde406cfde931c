import type { Run } from '../../contract/entities.ts'
import { AppError } from '../../contract/errors.ts'
import type { RunProgress } from '../../contract/entities.ts'
import type { CoreContext } from '../context.ts'
import type { Trainers } from '../processes/trainers.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import { interruption, performRun, type ScheduledRun } from './perform-run.ts'
import { changeRun, findRun, runIdOf, toRun } from './stored-runs.ts'

/** Trains one run at a time, of all projects, in the order they came. */
export interface RunQueue {
  add(run: Omit<ScheduledRun, 'wish'>): void
  /** @throws AppError 'run-not-active' */
  stop(project: OpenProject, number: number): void
  /** Ends a run soon, keeping what is stored of it; resolves when it has ended. One that is not scheduled is left alone. */
  interrupt(project: OpenProject, number: number): Promise<void>
  interruptAll(project?: OpenProject): Promise<void>
  /** Resolves when the run has ended in any way; at once where it is not scheduled. */
  ended(project: OpenProject, number: number): Promise<void>
  progress(project: OpenProject, number: number): RunProgress | null
}

interface Entry {
  run: ScheduledRun
  ended: Promise<void>
  end: () => void
}

export function createRunQueue(context: Pick<CoreContext, 'publish' | 'log' | 'dataDir'>, trainers: Trainers): RunQueue {
  /** In order; the first trains. */
  const entries: Entry[] = []
  let busy = false

  const find = (project: OpenProject, number: number): Entry | undefined =>
    entries.find(({ run }) => run.project === project && run.number === number)

  async function work(): Promise<void> {
    if (busy) return
    busy = true
    for (let entry = entries[0]; entry; entry = entries[0]) {
      try {
        await performRun({ ...context, trainers }, entry.run)
      } catch (error) {
        // One run must not keep the others from their turn.
        context.log.error({ err: error, run: runIdOf(entry.run.number) }, 'a run ended in disorder')
      }
      entries.splice(entries.indexOf(entry), 1)
      entry.end()
    }
    busy = false
  }

  function isTraining(entry: Entry): boolean {
    return entries[0] === entry
  }

  /** Takes a run out that has not begun. */
  function withdraw(entry: Entry, status: 'stopped' | 'interrupted'): void {
    const { project, number } = entry.run
    entries.splice(entries.indexOf(entry), 1)
    const error = status === 'interrupted' ? JSON.stringify(interruption) : null
    try {
      const run: Run = changeRun(project, number, { status, ended_at: Date.now(), error })
      context.publish('runs.changed', { projectId: project.id, run })
    } finally {
      entry.end()
    }
  }

  async function interrupt(entry: Entry): Promise<void> {
    if (!isTraining(entry)) return withdraw(entry, 'interrupted')
    entry.run.wish = 'interrupt'
    await entry.run.client?.close()
    await entry.ended
  }

  return {
    add(run) {
      const { promise, resolve } = Promise.withResolvers<void>()
      entries.push({ run: { ...run, wish: 'finish' }, ended: promise, end: resolve })
      void work()
    },
    stop(project, number) {
      const entry = find(project, number)
      if (!entry) {
        const { status } = toRun(findRun(project, runIdOf(number)))
        throw new AppError(
          'run-not-active',
          `Only a run that is queued or running can be stopped; ${runIdOf(number)} is ${status}.`,
          { run: runIdOf(number), status },
        )
      }
      if (!isTraining(entry)) return withdraw(entry, 'stopped')
      entry.run.wish = 'stop'
      entry.run.job?.stop()
    },
    async interrupt(project, number) {
      const entry = find(project, number)
      if (entry) await interrupt(entry)
    },
    async interruptAll(project) {
      // Waiting ones first, so that none of them begins when the training one ends.
      for (const entry of [...entries].reverse()) {
        if (!project || entry.run.project === project) await interrupt(entry)
      }
    },
    async ended(project, number) {
      await find(project, number)?.ended
    },
    progress(project, number) {
      const entry = find(project, number)
      if (!entry) return null
      const waiting = { phase: 'queued', done: 0, total: 0, ratePerSecond: null, secondsLeft: null } as const
      return entry.run.progress?.latest ?? { runId: runIdOf(number), ...waiting }
    },
  }
}
