import { splitNames, type Evaluation, type Split } from '../../contract/entities.ts'
import type { CliCommand } from './command.ts'
import { count, formatInteger, formatPercent } from './format.ts'
import { showJobProgress } from './job-progress.ts'
import { choiceOption, jsonOption } from './options.ts'
import { withProject } from './session.ts'
import { formatTable } from './table.ts'

export const evaluateCommand: CliCommand = {
  define(parent, run) {
    parent
      .command('evaluate')
      .description('predict a split again with the stored model, and measure')
      .argument('<project>', 'the project')
      .argument('<run>', 'the run, as `thaw runs` lists it')
      .addOption(choiceOption('--split <split>', 'which images', splitNames).default('test'))
      .addOption(jsonOption())
      .action(
        run(async (terminal, folder: string, runId: string, options: { split: Split }) => {
          const evaluation = await withProject(folder, ({ core, request }) => {
            showJobProgress(terminal, core)
            return request('runs.evaluate', { runId, split: options.split })
          })
          terminal.answer(evaluation, () => describe(evaluation))
        }),
      )
  },
}

function describe(evaluation: Evaluation): string {
  const [low, high] = evaluation.interval95
  const { labels, matrix } = evaluation.confusion
  const right = (title: string) => ({ title, align: 'right' as const })
  return [
    `Accuracy ${formatPercent(evaluation.accuracy)} (95% interval ${formatPercent(low)} to ${formatPercent(high)}), ` +
      `loss ${evaluation.loss.toFixed(4)}, on ${count(evaluation.support, 'image')} of ${evaluation.split}`,
    '',
    formatTable(
      [{ title: 'Class' }, right('Precision'), right('Recall'), right('F1'), right('Images')],
      evaluation.perClass.map((row) => [
        row.class,
        formatPercent(row.precision),
        formatPercent(row.recall),
        formatPercent(row.f1),
        formatInteger(row.support),
      ]),
    ),
    '',
    formatTable(
      [{ title: 'Metric' }, right('Value'), right('95% interval')],
      evaluation.metrics.map(({ id, value, interval95 }) => [
        id,
        value?.toFixed(4) ?? '-',
        interval95 === null ? '-' : interval95.map((end) => end.toFixed(4)).join(' to '),
      ]),
    ),
    '',
    formatTable(
      [{ title: 'Truth \\ predicted' }, ...labels.map(right)],
      labels.map((label, index) => [label, ...(matrix[index] ?? []).map(formatInteger)]),
    ),
  ].join('\n')
}
