import type { CliCommand } from './command.ts'
import { count } from './format.ts'
import { jsonOption } from './options.ts'
import { withProject } from './session.ts'
import { formatTable } from './table.ts'

export const checkCommand: CliCommand = {
  define(parent, run) {
    parent
      .command('check')
      .description('look whether database, images and runs are whole')
      .argument('<project>', 'the project')
      .option('--repair', 'repair what can be repaired')
      .addOption(jsonOption())
      .action(
        run(async (terminal, folder: string, options: { repair?: boolean }) => {
          const { ok, problems } = await withProject(folder, ({ request }) =>
            request('projects.check', { repair: options.repair ?? false }),
          )
          terminal.answer({ ok, problems }, () => {
            if (problems.length === 0) return 'Everything is whole.'
            const table = formatTable(
              [{ title: 'Problem' }, { title: 'What' }, { title: 'Where' }, { title: 'Repaired' }],
              problems.map(({ kind, message, path, repaired }) => [
                kind,
                message,
                path ?? '-',
                repaired ? 'yes' : 'no',
              ]),
            )
            return `${count(problems.length, 'problem')}\n\n${table}`
          })
        }),
      )
  },
}
