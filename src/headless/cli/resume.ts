import type { CliCommand } from './command.ts'
import { documentOf, followRun } from './follow-run.ts'
import { jsonOption, wholeNumber } from './options.ts'
import { asUsageError } from './plan-options.ts'
import { describeRun } from './run-document.ts'
import { withProject } from './session.ts'

export const resumeCommand: CliCommand = {
  define(parent, run) {
    parent
      .command('resume')
      .description('go on with an interrupted, failed or stopped run from its last whole checkpoint')
      .argument('<project>', 'the project')
      .argument('<run>', 'the run, as `thaw runs` lists it')
      .option(
        '--epochs <number>',
        'so many epochs in all: more than a finished run has',
        wholeNumber(1, 10_000),
      )
      .addOption(jsonOption())
      .action(
        run(async (terminal, folder: string, runId: string, { epochs }: { epochs?: number }) => {
          await withProject(folder, async (session) => {
            const { request } = session
            const finished = await followRun(terminal, session, () =>
              (epochs === undefined
                ? request('runs.resume', { runId })
                : request('runs.extend', { runId, epochs })
              ).catch((error: unknown) => {
                throw asUsageError(error)
              }),
            )
            const document = await documentOf(session, finished)
            terminal.answer(document, () =>
              [
                finished.resumedFromEpoch
                  ? `Resumed after epoch ${finished.resumedFromEpoch}`
                  : 'Started over: there was no checkpoint to go on from',
                describeRun(finished),
              ].join('\n'),
            )
          })
        }),
      )
  },
}
