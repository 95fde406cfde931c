import type { CliCommand } from './command.ts'
import { showJobProgress } from './job-progress.ts'
import { jsonOption, nonEmptyText } from './options.ts'
import { addPlanOptions, asUsageError, type PlanOptions } from './plan-options.ts'
import { recipePlan } from './recipe-plan.ts'
import { withProject } from './session.ts'
import { formatTable } from './table.ts'

interface FindLearningRateOptions extends PlanOptions {
  recipe?: string
  json?: boolean
}

/** Of all points, one in so many is printed. */
const printedEvery = 5

export const findLearningRateCommand: CliCommand = {
  define(parent, run) {
    addPlanOptions(parent.command('find-learning-rate'))
      .description('train some batches with a rising rate, and tell at which the loss falls most steeply')
      .argument('<project>', 'the project')
      .option('--recipe <name>', 'settings by name, which other options win over', nonEmptyText)
      .addOption(jsonOption())
      .action(
        run(
          async (terminal, folder: string, { recipe, json: _json, ...options }: FindLearningRateOptions) => {
            const search = await withProject(folder, async ({ core, request }) => {
              const plan = await recipePlan(core, recipe, options)
              showJobProgress(terminal, core)
              return request('runs.findLearningRate', { plan }).catch((error: unknown) => {
                throw asUsageError(error)
              })
            })
            terminal.answer(search, () => {
              const table = formatTable(
                [
                  { title: 'Rate', align: 'right' },
                  { title: 'Loss', align: 'right' },
                ],
                search.points
                  .filter((_, index) => index % printedEvery === 0)
                  .map(({ learningRate, loss }) => [learningRate.toExponential(1), loss.toFixed(4)]),
              )
              const { suggestion } = search
              const advice =
                suggestion === null
                  ? 'The loss falls at no rate: look at the labels, or thaw more layers.'
                  : `The loss falls most steeply at ${suggestion.toExponential(1)}: thaw train --lr ${suggestion.toExponential(1)}`
              return [table, advice].join('\n')
            })
          },
        ),
      )
  },
}
