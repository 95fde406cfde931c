import type { CliCommand } from './command.ts'
import { count } from './format.ts'
import { jsonOption, wholeNumber } from './options.ts'
import { showJobProgress } from './job-progress.ts'
import { absolutePath, withCore } from './session.ts'

interface SampleOptions {
  images?: number
  size?: number
  classes?: number
  seed?: number
  flaws?: boolean
}

export const sampleCommand: CliCommand = {
  define(parent, run) {
    parent
      .command('sample')
      .description('make a project with drawn pictures')
      .argument('<project>', 'a folder that is not there yet; its name ends in .thaw')
      .option('--images <number>', 'how many pictures', wholeNumber(2, 1_000_000))
      .option('--size <pixels>', 'height and width of a picture', wholeNumber(8, 2048))
      .option('--classes <number>', 'how many classes', wholeNumber(2, 1000))
      .option('--seed <number>', 'the same seed draws the same pictures', wholeNumber(0))
      .option(
        '--flaws',
        'with wrong labels, near duplicates, blurred, dark, bright and grey pictures among them',
      )
      .addOption(jsonOption())
      .action(
        run(async (terminal, folder: string, options: SampleOptions) => {
          const sample = await withCore(({ core }) => {
            showJobProgress(terminal, core)
            return core.request('projects.sample', {
              path: absolutePath(folder),
              images: options.images,
              sizePx: options.size,
              classes: options.classes,
              seed: options.seed,
              flaws: options.flaws ?? false,
            })
          })
          terminal.answer(
            { images: sample.images, classes: sample.classes, project: sample.project.path },
            () =>
              `Drew ${count(sample.images, 'image')} of ${count(sample.classes, 'class', 'classes')} in ${sample.project.path}`,
          )
        }),
      )
  },
}
