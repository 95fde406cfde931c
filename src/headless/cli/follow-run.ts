import { AppError } from '../../contract/errors.ts'
import type { Notice, Run, RunGroup } from '../../contract/entities.ts'
import { InterruptedError, JobFailedError } from './errors.ts'
import { epochsOf, runDocument } from './run-document.ts'
import { showRunProgress } from './run-progress.ts'
import type { ProjectSession } from './session.ts'
import type { Terminal } from './terminal.ts'

interface StartedRun {
  run: Run
  notices: readonly Notice[]
}

/**
 * Starts a run and follows it to its end; the first Ctrl+C ends it well.
 *
 * @returns the run once it has ended well
 * @throws InterruptedError, JobFailedError, AppError
 */
export async function followRun(
  terminal: Terminal,
  session: ProjectSession,
  start: () => Promise<StartedRun>,
): Promise<Run> {
  const { core, interruption, request } = session
  showRunProgress(terminal, core)
  const { run: started, notices } = await start()
  for (const notice of notices) terminal.note(notice.message)
  const runId = started.id
  stopOnInterruption(terminal, session, () => request('runs.stop', { runId }))
  const run = await request('runs.wait', { runId })
  terminal.progress(null)
  if (interruption.requested) {
    throw new InterruptedError(
      `Interrupted; the run ${run.id} is ${run.status} after ${run.epochsDone} of ${run.plan.epochs} epochs, and its state is stored.`,
    )
  }
  if (run.status === 'failed' || run.status === 'interrupted') {
    throw new JobFailedError(
      `The run ${run.id} is ${run.status}: ${run.error?.message ?? 'no reason was given'}${batchHint(run)} 'thaw resume' goes on from its last checkpoint.`,
    )
  }
  return run
}

/** The same for a group; its runs may fail one by one. */
export async function followGroup(
  terminal: Terminal,
  session: ProjectSession,
  start: () => Promise<{ group: RunGroup; notices: readonly Notice[] }>,
): Promise<RunGroup> {
  const { core, interruption, request } = session
  showRunProgress(terminal, core)
  const { group: started, notices } = await start()
  for (const notice of notices) terminal.note(notice.message)
  const groupId = started.id
  stopOnInterruption(terminal, session, () => request('runs.stopGroup', { groupId }))
  const group = await request('runs.waitGroup', { groupId })
  terminal.progress(null)
  if (interruption.requested) {
    throw new InterruptedError(
      `Interrupted; of the group ${group.id}, ${group.tried.length} runs were tried, and their state is stored.`,
    )
  }
  if (group.best === null || group.status === 'failed' || group.status === 'interrupted') {
    throw new JobFailedError(
      `The group ${group.id} is ${group.status}: ${group.stoppedBecause?.message ?? 'no reason was given'}`,
    )
  }
  return group
}

/** The document of a run with its curves. */
export async function documentOf({ request }: ProjectSession, run: Run) {
  const { rows } = await request('runs.metrics', { runId: run.id })
  return runDocument(run, epochsOf(rows))
}

function stopOnInterruption(
  terminal: Terminal,
  { interruption }: ProjectSession,
  stop: () => Promise<unknown>,
): void {
  interruption.handle(() => {
    terminal.note('Stopping after this step; press Ctrl+C again to end at once.')
    stop().catch((error: unknown) => {
      // It may have ended by itself in this moment.
      if (!(error instanceof AppError && error.code === 'run-not-active')) terminal.note(String(error))
    })
  })
}

function batchHint({ error }: Run): string {
  const suggested = error?.details.suggestedBatchSize
  return typeof suggested === 'number' ? ` Try '--batch-size ${suggested}'.` : ''
}
