import { writeFileSync } from 'node:fs'
import { importFormats, type ImportFormat, type ImportReport } from '../../contract/entities.ts'
import { reportCsv } from '../../contract/report-csv.ts'
import type { CliCommand } from './command.ts'
import { InterruptedError, UsageError } from './errors.ts'
import { count, formatDuration, formatInteger } from './format.ts'
import { showJobProgress } from './job-progress.ts'
import { choiceOption, jsonOption } from './options.ts'
import { absolutePath, withProject } from './session.ts'
import { formatTable } from './table.ts'

interface ImportOptions {
  format: ImportFormat | 'auto'
  copy?: boolean
  link?: boolean
  labels: 'folder' | 'none'
  splitFrom?: 'folder'
  crops?: boolean
  coarse?: boolean
  report?: string
}

const shownSkipped = 20

export const importCommand: CliCommand = {
  define(parent, run) {
    parent
      .command('import')
      .description('add images, with the labels and splits that their folders or a file beside them carry')
      .argument('<project>', 'the project')
      .argument(
        '<source>',
        'a folder with images, a zip archive, a CSV file, JSON of COCO or Label Studio, binaries of CIFAR, or a project',
      )
      .addOption(
        choiceOption('--format <format>', 'what the source is', ['auto', ...importFormats]).default('auto'),
      )
      .option('--copy', 'keep a copy of each image in the project; what is inside a file is always copied')
      .option('--link', 'leave the images where they are (default)')
      .addOption(
        choiceOption('--labels <from>', 'folder: as the source carries them', ['folder', 'none']).default(
          'folder',
        ),
      )
      .addOption(
        choiceOption('--split-from <from>', 'take splits from top folders named train, val, test', [
          'folder',
        ]),
      )
      .option('--crops', 'COCO: each box becomes an image of its own')
      .option('--coarse', 'CIFAR-100: its 20 coarse classes, not its 100 fine ones')
      .option('--report <file>', 'write what was skipped, and why, as a CSV file')
      .addOption(jsonOption())
      .action(
        run(async (terminal, folder: string, source: string, options: ImportOptions) => {
          if (options.copy && options.link) {
            throw new UsageError("Expected one of '--copy' and '--link'; both were given.")
          }
          const report = await withProject(folder, async ({ core, interruption, request }) => {
            showJobProgress(terminal, core)
            const { jobId } = await request('images.import', {
              source: absolutePath(source),
              format: options.format,
              storage: options.copy ? 'copy' : 'link',
              labels: options.labels,
              splitFrom: options.splitFrom ?? 'auto',
              crops: options.crops ?? false,
              coarse: options.coarse ?? false,
            })
            interruption.handle(() => {
              terminal.note('Stopping after the images in work; press Ctrl+C again to end at once.')
              request('jobs.cancel', { jobId }).catch((error: unknown) => terminal.note(String(error)))
            })
            const finished = await request('images.importReport', { jobId }).catch((error: unknown) => {
              throw interruption.requested ? interrupted() : error
            })
            if (interruption.requested) throw interrupted()
            return finished
          })
          if (options.report !== undefined) writeFileSync(absolutePath(options.report), reportCsv(report))
          terminal.answer(report, () => describe(report))
        }),
      )
  },
}

function interrupted(): InterruptedError {
  return new InterruptedError('Interrupted; the images read so far are stored. Repeat the command to go on.')
}

function describe(report: ImportReport): string {
  const lines = [
    `Found ${count(report.found, 'file')}: ${formatInteger(report.imported)} imported, ` +
      `${formatInteger(report.duplicates)} duplicates, ${formatInteger(report.skipped.length)} skipped, ` +
      `in ${formatDuration(report.seconds)}`,
  ]
  if (report.classes.length > 0) {
    const rows = report.classes.map(({ name, count: images }) => [name, formatInteger(images)])
    lines.push('', formatTable([{ title: 'Class' }, { title: 'Images', align: 'right' }], rows))
  }
  if (report.skipped.length > 0) {
    const rows = report.skipped
      .slice(0, shownSkipped)
      .map(({ reason, path, detail }) => [reason, path, detail])
    lines.push('', formatTable([{ title: 'Skipped' }, { title: 'File' }, { title: 'Detail' }], rows))
    if (report.skipped.length > shownSkipped) {
      lines.push(`… and ${formatInteger(report.skipped.length - shownSkipped)} more; --json lists all.`)
    }
  }
  if (report.conflicts.length > 0) {
    const rows = report.conflicts.map(({ path, other, given, kept }) => [path, given, other, kept])
    lines.push(
      '',
      formatTable([{ title: 'Same bytes' }, { title: 'Given' }, { title: 'As' }, { title: 'Kept' }], rows),
    )
  }
  return lines.join('\n')
}
