import type { CliCommand } from './command.ts'
import { count, formatBytes, formatDuration } from './format.ts'
import { showJobProgress } from './job-progress.ts'
import { jsonOption, nonEmptyText } from './options.ts'
import { addPlanOptions, asUsageError, type PlanOptions } from './plan-options.ts'
import { recipePlan } from './recipe-plan.ts'
import { withProject } from './session.ts'

interface EstimateOptions extends PlanOptions {
  recipe?: string
  json?: boolean
}

export const estimateCommand: CliCommand = {
  define(parent, run) {
    addPlanOptions(parent.command('estimate'))
      .description(
        'tell what time and memory `thaw train` with the same options would take, after some seconds of trying',
      )
      .argument('<project>', 'the project')
      .option('--recipe <name>', 'settings by name, which other options win over', nonEmptyText)
      .addOption(jsonOption())
      .action(
        run(async (terminal, folder: string, { recipe, json: _json, ...options }: EstimateOptions) => {
          const estimate = await withProject(folder, async ({ core, request }) => {
            const plan = await recipePlan(core, recipe, options)
            showJobProgress(terminal, core)
            return request('runs.estimate', { plan }).catch((error: unknown) => {
              throw asUsageError(error)
            })
          })
          terminal.answer(estimate, () => {
            const { seconds, images, peakRssBytes, featureBytes } = estimate
            return [
              `About ${formatDuration(seconds.total)}: ${formatDuration(seconds.features)} for the features of ` +
                `${count(images.toCompute, 'image')} (${images.cached} are cached), ${formatDuration(seconds.training)} of training, ` +
                `${formatDuration(seconds.evaluation)} of evaluation`,
              `About ${formatBytes(peakRssBytes)} of memory; the cached features take ${formatBytes(featureBytes)}`,
            ].join('\n')
          })
        }),
      )
  },
}
