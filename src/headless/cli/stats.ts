import type { Stats } from '../../contract/entities.ts'
import type { CliCommand } from './command.ts'
import { formatInteger } from './format.ts'
import { jsonOption } from './options.ts'
import { withProject } from './session.ts'
import { formatTable } from './table.ts'

export const statsCommand: CliCommand = {
  define(parent, run) {
    parent
      .command('stats')
      .description('count images, classes and splits')
      .argument('<project>', 'the project')
      .addOption(jsonOption())
      .action(
        run(async (terminal, folder: string) => {
          const stats = await withProject(folder, ({ request }) => request('projects.stats', {}))
          terminal.answer(stats, () => describe(stats))
        }),
      )
  },
}

function describe(stats: Stats): string {
  const counts: [string, number][] = [
    ['images', stats.images],
    ['labelled', stats.labelled],
    ['train', stats.splits.train],
    ['validation', stats.splits.validation],
    ['test', stats.splits.test],
    ['no split', stats.splits.none],
    ['missing', stats.missing],
    ['unreadable', stats.unreadable],
    ['not read yet', stats.pending],
  ]
  const rows = counts
    .filter(([name, value]) => value > 0 || name === 'images' || name === 'labelled')
    .map(([name, value]) => [name, formatInteger(value)])
  const parts = [formatTable([{ title: 'Count' }, { title: 'Images', align: 'right' }], rows)]
  if (stats.classes.length > 0) {
    const classes = stats.classes.map(({ name, count }) => [name, formatInteger(count)])
    parts.push(formatTable([{ title: 'Class' }, { title: 'Images', align: 'right' }], classes))
  }
  return parts.join('\n\n')
}
