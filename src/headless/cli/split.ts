import type { CliCommand } from './command.ts'
import { UsageError } from './errors.ts'
import { count, formatInteger } from './format.ts'
import { jsonOption, realNumber, wholeNumber } from './options.ts'
import { withProject } from './session.ts'

interface SplitOptions {
  validation: number
  test: number
  seed: number
  keep?: boolean
}

const largestShare = 0.9

export const splitCommand: CliCommand = {
  define(parent, run) {
    const share = realNumber(0, largestShare)
    parent
      .command('split')
      .description('divide the labelled images into train, validation and test, by class')
      .argument('<project>', 'the project')
      .option('--validation <share>', 'share of validation images', share, 0.15)
      .option('--test <share>', 'share of test images', share, 0.15)
      .option('--seed <number>', 'the same seed divides the same way', wholeNumber(0), 0)
      .option('--keep', 'leave images where they are; place only those without a split')
      .addOption(jsonOption())
      .action(
        run(async (terminal, folder: string, options: SplitOptions) => {
          if (options.validation + options.test >= 1) {
            throw new UsageError(
              `Expected '--validation' and '--test' to be less than 1 together, so that something is left to train on; ` +
                `received ${options.validation} and ${options.test}.`,
            )
          }
          const { warnings, ...split } = await withProject(folder, ({ request }) =>
            request('splits.make', {
              validation: options.validation,
              test: options.test,
              seed: options.seed,
              keep: options.keep ?? false,
            }),
          )
          for (const warning of warnings) {
            terminal.note(
              `'${warning.class}' has ${count(warning.images, 'image')}: none for ${warning.missingFrom.join(' and ')}`,
            )
          }
          terminal.answer(
            { ...split, warnings },
            () =>
              `${formatInteger(split.train)} train, ${formatInteger(split.validation)} validation, ` +
              `${formatInteger(split.test)} test (${count(split.groups, 'group')} of images that show the same)`,
          )
        }),
      )
  },
}
