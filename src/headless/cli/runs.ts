import type { CliCommand } from './command.ts'
import { formatPercent, formatTime } from './format.ts'
import { jsonOption } from './options.ts'
import { withProject } from './session.ts'
import { formatTable } from './table.ts'

export const runsCommand: CliCommand = {
  define(parent, run) {
    parent
      .command('runs')
      .description('list all runs, oldest first')
      .argument('<project>', 'the project')
      .addOption(jsonOption())
      .action(
        run(async (terminal, folder: string) => {
          const { runs } = await withProject(folder, ({ request }) => request('runs.list', {}))
          const documents = runs.map((each) => ({
            run: each.id,
            name: each.name,
            status: each.status,
            startedAt: each.startedAt === null ? null : new Date(each.startedAt).toISOString(),
            backbone: each.plan.backbone,
            mode: each.plan.mode,
            test: each.test,
            valAccuracy: each.valAccuracy,
            error: each.error,
            recipe: each.recipe,
            group: each.group,
          }))
          terminal.answer({ runs: documents }, () =>
            formatTable(
              [
                { title: 'Run' },
                { title: 'Name' },
                { title: 'Status' },
                { title: 'Started' },
                { title: 'Backbone' },
                { title: 'Mode' },
                { title: 'Validation', align: 'right' },
                { title: 'Test', align: 'right' },
              ],
              runs.map((each) => [
                each.id,
                each.name,
                each.status,
                each.startedAt === null ? '-' : formatTime(each.startedAt),
                each.plan.backbone,
                each.plan.mode,
                each.valAccuracy === null ? '-' : formatPercent(each.valAccuracy),
                each.test === null ? '-' : formatPercent(each.test.accuracy),
              ]),
            ),
          )
        }),
      )
  },
}
