import type { Run, RunProgress, RunStatus } from '../../contract/entities.ts'
import { AppError } from '../../contract/errors.ts'
import type { CoreContext } from '../context.ts'
import type { Trainers } from '../processes/trainers.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import { interruption, performRun, type ScheduledRun } from './perform-run.ts'
import { changeRun, findRun, runIdOf, toRun } from './stored-runs.ts'

/** Trains one run at a time, of all projects, in the order they came or were put in. */
export interface RunQueue {
  add(run: Pick<ScheduledRun, 'project' | 'number' | 'plan' | 'own' | 'weights' | 'resume'>): void
  /** Ends well, with a model. @throws AppError 'run-not-active' */
  stop(project: OpenProject, number: number): void
  /** Ends soon, without a model; a checkpoint stays. @throws AppError 'run-not-active' */
  cancel(project: OpenProject, number: number): void
  /** Holds the run that trains after its batch; it keeps its turn. @throws AppError 'run-not-active' where it does not train */
  pause(project: OpenProject, number: number): Run
  /** @throws AppError 'run-not-active' where it is not paused */
  continue(project: OpenProject, number: number): Run
  /** Ends a run soon, keeping what is stored of it; resolves when it has ended. One that is not scheduled is left alone. */
  interrupt(project: OpenProject, number: number): Promise<void>
  interruptAll(project?: OpenProject): Promise<void>
  /** Resolves when the run has ended in any way; at once where it is not scheduled. */
  ended(project: OpenProject, number: number): Promise<void>
  progress(project: OpenProject, number: number): RunProgress | null
  isScheduled(project: OpenProject, number: number): boolean
  /** Whether it trains and is not paused. */
  isAtWork(project: OpenProject, number: number): boolean
  /** Numbers of the project's runs that wait, in the order of their turns. */
  waiting(project: OpenProject): number[]
  /** Puts waiting runs of the project into this order, in the turns that they have among all; those not named come after them. */
  reorder(project: OpenProject, numbers: readonly number[]): void
  readonly paused: boolean
  /** While paused no run begins. */
  setPaused(paused: boolean): void
}

interface Entry {
  run: ScheduledRun
  ended: Promise<void>
  end: () => void
}

type Deps = Pick<CoreContext, 'publish' | 'log' | 'dataDir'> & {
  /** Waiting runs changed, of this project or of any. */
  onChange: (project?: OpenProject) => void
  /** No run trains any more. */
  onIdle?: () => void
}

export function createRunQueue(deps: Deps, trainers: Trainers): RunQueue {
  const waiting: Entry[] = []
  let training: Entry | undefined
  let paused = false

  const isOf = (project: OpenProject, number: number) => (entry: Entry) =>
    entry.run.project === project && entry.run.number === number
  const find = (project: OpenProject, number: number): Entry | undefined =>
    [...(training ? [training] : []), ...waiting].find(isOf(project, number))

  async function work(): Promise<void> {
    if (training) return
    while (!paused && waiting[0]) {
      const entry = waiting.shift() as Entry
      training = entry
      deps.onChange(entry.run.project)
      try {
        await performRun({ ...deps, trainers }, entry.run)
      } catch (error) {
        // One run must not keep the others from their turn.
        deps.log.error({ err: error, run: runIdOf(entry.run.number) }, 'a run ended in disorder')
      }
      training = undefined
      entry.end()
    }
    deps.onIdle?.()
  }

  function change(entry: Entry, columns: Parameters<typeof changeRun>[2]): Run {
    const { project, number } = entry.run
    const run = changeRun(project, number, columns)
    deps.publish('runs.changed', { projectId: project.id, run })
    return run
  }

  /** Takes a run out that has not begun. */
  function withdraw(entry: Entry, status: 'stopped' | 'interrupted'): void {
    const turn = waiting.indexOf(entry)
    if (turn < 0) return
    waiting.splice(turn, 1)
    const error = status === 'interrupted' ? JSON.stringify(interruption) : null
    try {
      change(entry, { status, ended_at: Date.now(), error })
      deps.onChange(entry.run.project)
    } finally {
      entry.end()
    }
  }

  async function interrupt(entry: Entry): Promise<void> {
    if (entry !== training) return withdraw(entry, 'interrupted')
    entry.run.wish = 'interrupt'
    await entry.run.client?.close()
    await entry.ended
  }

  function notActive(project: OpenProject, number: number, can: string): AppError {
    const { status } = toRun(findRun(project, runIdOf(number)))
    return new AppError('run-not-active', `Only a run that is ${can}; ${runIdOf(number)} is ${status}.`, {
      run: runIdOf(number),
      status,
    })
  }

  /** Asks the run that trains to end; one that waits is taken out. */
  function endEarly(project: OpenProject, number: number, wish: 'stop' | 'cancel', can: string): void {
    const entry = find(project, number)
    if (!entry) throw notActive(project, number, can)
    if (entry !== training) return withdraw(entry, 'stopped')
    // One that is being interrupted ends anyway, and can be resumed.
    if (entry.run.wish === 'interrupt') return
    entry.run.wish = wish
    entry.run.job?.[wish]()
  }

  /** @throws AppError 'run-not-active' where the run does not train with the status */
  function trainingRun(project: OpenProject, number: number, status: RunStatus, can: string): Entry {
    const entry = find(project, number)
    const current = toRun(findRun(project, runIdOf(number))).status
    if (!entry || entry !== training || current !== status) throw notActive(project, number, can)
    return entry
  }

  return {
    add(run) {
      const { promise, resolve } = Promise.withResolvers<void>()
      waiting.push({ run: { ...run, wish: 'finish', paused: false }, ended: promise, end: resolve })
      deps.onChange(run.project)
      void work()
    },
    stop: (project, number) => endEarly(project, number, 'stop', 'queued or running can be stopped'),
    cancel: (project, number) => endEarly(project, number, 'cancel', 'queued or running can be cancelled'),
    pause(project, number) {
      const entry = trainingRun(project, number, 'running', 'running can be paused')
      entry.run.paused = true
      entry.run.job?.pause()
      return change(entry, { status: 'paused' })
    },
    continue(project, number) {
      const entry = trainingRun(project, number, 'paused', 'paused can be continued')
      entry.run.paused = false
      entry.run.job?.continue()
      return change(entry, { status: 'running' })
    },
    async interrupt(project, number) {
      const entry = find(project, number)
      if (entry) await interrupt(entry)
    },
    async interruptAll(project) {
      // Waiting ones first, so that none of them begins when the training one ends.
      for (const entry of [...waiting].reverse()) {
        if (!project || entry.run.project === project) await interrupt(entry)
      }
      if (training && (!project || training.run.project === project)) await interrupt(training)
    },
    async ended(project, number) {
      await find(project, number)?.ended
    },
    progress(project, number) {
      const entry = find(project, number)
      if (!entry) return null
      const idle = { phase: 'queued', done: 0, total: 0, ratePerSecond: null, secondsLeft: null } as const
      return entry.run.progress?.latest ?? { runId: runIdOf(number), ...idle }
    },
    isScheduled: (project, number) => find(project, number) !== undefined,
    isAtWork: (project, number) =>
      training !== undefined && isOf(project, number)(training) && !training.run.paused,
    waiting: (project) => waiting.filter(({ run }) => run.project === project).map(({ run }) => run.number),
    reorder(project, numbers) {
      const own = waiting.filter(({ run }) => run.project === project)
      const place = (entry: Entry): number => {
        const index = numbers.indexOf(entry.run.number)
        return index < 0 ? numbers.length : index
      }
      const ordered = own.toSorted((a, b) => place(a) - place(b))
      const turns = own.map((entry) => waiting.indexOf(entry))
      turns.forEach((turn, index) => (waiting[turn] = ordered[index] as Entry))
      deps.onChange(project)
    },
    get paused() {
      return paused
    },
    setPaused(next) {
      if (paused === next) return
      paused = next
      deps.onChange()
      void work()
    },
  }
}
