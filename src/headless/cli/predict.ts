import { join, relative } from 'node:path'
import type { CliCommand } from './command.ts'
import { formatPercent } from './format.ts'
import { showJobProgress } from './job-progress.ts'
import { jsonOption } from './options.ts'
import { absolutePath, withProject } from './session.ts'
import { formatTable } from './table.ts'

export const predictCommand: CliCommand = {
  define(parent, run) {
    parent
      .command('predict')
      .description('classify new images with the model of a run')
      .argument('<project>', 'the project')
      .argument('<run>', 'the run, as `thaw runs` lists it')
      .argument('<path...>', 'images, or folders of images')
      .addOption(jsonOption())
      .action(
        run(async (terminal, folder: string, runId: string, paths: string[]) => {
          const { predictions, skipped } = await withProject(folder, ({ core, request }) => {
            showJobProgress(terminal, core)
            return request('runs.predict', { runId, paths: paths.map(absolutePath) })
          })
          const asGiven = <Item extends { path: string }>(item: Item) => ({
            ...item,
            path: pathAsGiven(item.path, paths),
          })
          const document = { predictions: predictions.map(asGiven), skipped: skipped.map(asGiven) }
          for (const { path, reason, detail } of document.skipped) {
            terminal.note(`skipped ${path}: ${reason}${detail ? `: ${detail}` : ''}`)
          }
          terminal.answer(document, () =>
            formatTable(
              [
                { title: 'Image' },
                { title: 'Class' },
                { title: 'Probability', align: 'right' },
                { title: 'Next' },
              ],
              document.predictions.map(({ path, top: [first, second] }) => [
                path,
                first?.class ?? '-',
                first ? formatPercent(first.probability) : '-',
                second ? `${second.class} ${formatPercent(second.probability)}` : '',
              ]),
            ),
          )
        }),
      )
  },
}

/** The path as the person wrote it: the argument itself, or below the folder that was given. */
export function pathAsGiven(path: string, given: readonly string[]): string {
  const exact = given.find((each) => absolutePath(each) === path)
  if (exact !== undefined) return exact
  for (const folder of given) {
    const below = relative(absolutePath(folder), path)
    if (below !== '' && below !== '..' && !/^\.\.[/\\]/.test(below) && absolutePath(below) !== below) {
      return join(folder, below)
    }
  }
  return path
}
