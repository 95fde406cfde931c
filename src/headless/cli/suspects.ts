import type { CliCommand } from './command.ts'
import { allImages } from './all-images.ts'
import { showJobProgress } from './job-progress.ts'
import { jsonOption, nonEmptyText, wholeNumber } from './options.ts'
import { withProject } from './session.ts'
import { formatTable } from './table.ts'

interface SuspectsOptions {
  backbone?: string
  seed: number
}

export const suspectsCommand: CliCommand = {
  define(parent, run) {
    parent
      .command('suspects')
      .description(
        'list images whose label may be wrong, the worst first, by heads that did not see them; what was kept or marked as not sure is left out',
      )
      .argument('<project>', 'the project')
      .option(
        '--backbone <id>',
        'whose features, as `thaw backbones` lists it; default: efficientnet-lite0',
        nonEmptyText,
      )
      .option('--seed <number>', 'of the folds', wholeNumber(0, 0xffffffff), 0)
      .addOption(jsonOption())
      .action(
        run(async (terminal, folder: string, { backbone, seed }: SuspectsOptions) => {
          const answer = await withProject(folder, async ({ core, request }) => {
            showJobProgress(terminal, core)
            const { check } = await request('labelErrors.find', { backbone, seed })
            const { suspects } = await request('labelErrors.list', {})
            const { classes } = await request('classes.list', {})
            const names = new Map(classes.map(({ id, name }) => [id, name]))
            const paths = new Map((await allImages(request)).map(({ id, path }) => [id, path]))
            return {
              images: check.images,
              accuracy: check.accuracy,
              suspects: suspects
                .filter(({ state }) => state === 'open')
                .map(({ imageId, givenClassId, suggestedClassId, score, isLikely }) => ({
                  path: paths.get(imageId) ?? '',
                  given: names.get(givenClassId) ?? '',
                  suggested: names.get(suggestedClassId) ?? '',
                  score,
                  likely: isLikely,
                })),
            }
          })
          terminal.answer(answer, () =>
            answer.suspects.length === 0
              ? 'No label is in doubt.'
              : formatTable(
                  [
                    { title: 'Score', align: 'right' },
                    { title: 'Likely' },
                    { title: 'Given' },
                    { title: 'Suggested' },
                    { title: 'Path' },
                  ],
                  answer.suspects.map(({ score, likely, given, suggested, path }) => [
                    score.toFixed(3),
                    likely ? 'yes' : '-',
                    given,
                    suggested,
                    path,
                  ]),
                ),
          )
        }),
      )
  },
}
