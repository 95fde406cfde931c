import {
  exportFormats,
  hasLabelsOnly,
  labelsOnlyFormats,
  type ExportFormat,
} from '../../contract/entities.ts'
import type { CliCommand } from './command.ts'
import { InterruptedError, UsageError } from './errors.ts'
import { count, formatBytes, formatInteger } from './format.ts'
import { showJobProgress } from './job-progress.ts'
import { choiceOption, jsonOption, nonEmptyText } from './options.ts'
import { absolutePath, withProject } from './session.ts'

interface ExportOptions {
  format: ExportFormat
  out: string
  unlabelled?: boolean
  labelsOnly?: boolean
  spreadsheetSafe?: boolean
}

export const exportDatasetCommand: CliCommand = {
  define(parent, run) {
    parent
      .command('export-dataset')
      .description('write the labelled images, with their labels and splits, as a data set that others read')
      .argument('<project>', 'the project')
      .addOption(choiceOption('--format <format>', 'what to write', exportFormats).makeOptionMandatory())
      .requiredOption('--out <path>', 'a new or empty folder, or a new file in .zip', nonEmptyText)
      .option('--unlabelled', 'also the images without a label')
      .option(
        '--labels-only',
        `only the labels, with the paths of the images where they lie (${labelsOnlyFormats.join(', ')})`,
      )
      .option('--spreadsheet-safe', 'CSV: mark text that a spreadsheet would take for a formula')
      .addOption(jsonOption())
      .action(
        run(async (terminal, folder: string, options: ExportOptions) => {
          const outPath = absolutePath(options.out)
          if (options.labelsOnly && (!hasLabelsOnly(options.format) || /\.zip$/i.test(outPath))) {
            throw new UsageError(
              `Expected '--labels-only' with '--format' ${labelsOnlyFormats.join(', ')}, and a folder as '--out'; ` +
                `received ${options.format} and ${options.out}.`,
            )
          }
          const result = await withProject(folder, async ({ core, interruption, request }) => {
            showJobProgress(terminal, core)
            const cancelExports = async (): Promise<void> => {
              const { jobs } = await request('jobs.list', {})
              for (const job of jobs) {
                if (job.kind === 'export') await request('jobs.cancel', { jobId: job.id })
              }
            }
            interruption.handle(() => {
              cancelExports().catch((error: unknown) => terminal.note(String(error)))
            })
            return request('images.export', {
              format: options.format,
              outPath,
              unlabelled: options.unlabelled ?? false,
              labelsOnly: options.labelsOnly ?? false,
              spreadsheetSafe: options.spreadsheetSafe ?? false,
            }).catch((error: unknown) => {
              if (!interruption.requested) throw error
              throw new InterruptedError(
                'Interrupted; nothing was left behind. Repeat the command to export.',
              )
            })
          })
          terminal.answer(result, () =>
            [
              `Wrote ${count(result.files, 'file')} (${formatBytes(result.bytes)}) to ${outPath}`,
              ...result.renamed.map((one) => `The class ${one.class} is in the folder ${one.folder}.`),
              ...(result.skipped.length > 0
                ? [`${formatInteger(result.skipped.length)} skipped; --json lists them.`]
                : []),
            ].join('\n'),
          )
        }),
      )
  },
}
