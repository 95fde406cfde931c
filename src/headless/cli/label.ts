import type { RequestOutput } from '../../contract/requests/index.ts'
import type { CliCommand } from './command.ts'
import { count, formatInteger } from './format.ts'
import { jsonOption, nonEmptyText } from './options.ts'
import { absolutePath, withProject } from './session.ts'

const shownUnknown = 20

export const labelCommand: CliCommand = {
  define(parent, run) {
    parent
      .command('label')
      .description('set labels as a CSV file lists them, as one change that can be undone')
      .argument('<project>', 'the project')
      .requiredOption(
        '--csv <file>',
        "columns 'path' (absolute, relative to the file, or below the imported folder) or 'sha256', and 'class'; new classes are made",
        nonEmptyText,
      )
      .addOption(jsonOption())
      .action(
        run(async (terminal, folder: string, { csv }: { csv: string }) => {
          const file = absolutePath(csv)
          const result = await withProject(folder, ({ request }) => request('labels.setListed', { file }))
          terminal.answer(result, () => describe(result))
        }),
      )
  },
}

function describe(result: RequestOutput<'labels.setListed'>): string {
  const { applied, changed, unknown, withoutClass, madeClasses } = result
  const same = applied - changed
  const lines = [
    `Labelled ${count(applied, 'image')}${same > 0 ? `, ${formatInteger(same)} of them as they were before` : ''}`,
  ]
  if (madeClasses.length > 0) {
    lines.push(`Made ${count(madeClasses.length, 'class', 'classes')}: ${madeClasses.join(', ')}`)
  }
  if (withoutClass > 0) {
    lines.push(`${count(withoutClass, 'row')} without a class; the labels of their images stay`)
  }
  if (unknown.length > 0) {
    lines.push(`In no image of the project, or in several: ${formatInteger(unknown.length)}`)
    lines.push(...unknown.slice(0, shownUnknown).map((name) => `  ${name}`))
    if (unknown.length > shownUnknown) {
      lines.push(`  … and ${formatInteger(unknown.length - shownUnknown)} more; --json lists all.`)
    }
  }
  return lines.join('\n')
}
