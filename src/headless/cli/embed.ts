import { type TrainPlan } from '../../contract/train-plan.ts'
import { engineIds } from '../../contract/engine-ids.ts'
import type { CliCommand } from './command.ts'
import { count, formatDuration, formatInteger } from './format.ts'
import { showJobProgress } from './job-progress.ts'
import { choiceOption, jsonOption, nonEmptyText } from './options.ts'
import { absolutePath, withProject } from './session.ts'

interface EmbedOptions {
  backbone: string
  layer?: string
  out: string
  engine: TrainPlan['engine']
}

export const embedCommand: CliCommand = {
  define(parent, run) {
    parent
      .command('embed')
      .description('write the features of every image, in the order of `thaw images`, as a float32 npy file')
      .argument('<project>', 'the project')
      .requiredOption('--backbone <id>', 'which backbone, as `thaw backbones` lists it', nonEmptyText)
      .option(
        '--layer <name>',
        'which layer; default: the global average of the last feature map',
        nonEmptyText,
      )
      .requiredOption('--out <file>', 'where to write it', nonEmptyText)
      .addOption(choiceOption('--engine <engine>', 'what computes', ['auto', ...engineIds]).default('auto'))
      .addOption(jsonOption())
      .action(
        run(async (terminal, folder: string, options: EmbedOptions) => {
          const outPath = absolutePath(options.out)
          const result = await withProject(folder, ({ core, request }) => {
            showJobProgress(terminal, core)
            return request('features.embed', {
              backbone: options.backbone,
              layer: options.layer,
              outPath,
              engine: options.engine,
            })
          })
          terminal.answer(
            result,
            () =>
              `Wrote ${formatInteger(result.features)} features of ${count(result.images, 'image')} to ${outPath} ` +
              `in ${formatDuration(result.seconds)} (${formatInteger(result.cached)} were cached)`,
          )
        }),
      )
  },
}
