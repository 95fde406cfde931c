import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { AppError } from '../../contract/errors.ts'
import { reportLanguages } from '../../contract/requests/reports.ts'
import type { CliCommand } from './command.ts'
import { UsageError } from './errors.ts'
import { formatBytes } from './format.ts'
import { choiceOption, jsonOption, nonEmptyText } from './options.ts'
import { absolutePath, withProject } from './session.ts'

interface ReportOptions {
  out: string
  against?: string[]
  language: (typeof reportLanguages)[number]
  pictures: boolean
}

export const reportCommand: CliCommand = {
  define(parent, run) {
    parent
      .command('report')
      .description('write all that a colleague needs to know of a run, and to repeat it, as one HTML file')
      .argument('<project>', 'the project')
      .argument('<run>', 'the run, as `thaw runs` lists it')
      .option(
        '--against <run>',
        'compare the run with this one, the baseline; repeat it for further runs',
        (id: string, before: string[] = []) => [...before, id],
      )
      .requiredOption('--out <file>', 'the file to write, which ends in .html', nonEmptyText)
      .addOption(choiceOption('--language <language>', 'of the report', reportLanguages).default('en'))
      .option('--no-pictures', 'without thumbnails and file names, where pictures are private')
      .addOption(jsonOption())
      .action(
        run(async (terminal, folder: string, runId: string, options: ReportOptions) => {
          const { against = [], language, pictures } = options
          const path = absolutePath(options.out)
          if (!/\.html?$/i.test(path))
            throw new UsageError(`--out: a file that ends in .html was expected; it is ${options.out}.`)
          const { html } = await withProject(folder, ({ request }) => {
            const [baseline] = against
            if (baseline === undefined) return request('reports.run', { runId, language, pictures })
            const runIds = [...new Set([...against, runId])]
            return request('reports.comparison', { runIds, baseline, language, pictures })
          })
          try {
            mkdirSync(dirname(path), { recursive: true })
            writeFileSync(path, html)
          } catch (error) {
            const reason = error instanceof Error ? error.message : String(error)
            throw new AppError('permission-denied', `The report could not be written to ${path}: ${reason}`, {
              path,
            })
          }
          const bytes = Buffer.byteLength(html)
          terminal.answer({ file: path, bytes }, () => `Wrote ${path} (${formatBytes(bytes)})`)
        }),
      )
  },
}
