import type { Command } from 'commander'
import type { RunAction } from './command.ts'
import { formatPercent } from './format.ts'
import { jsonOption } from './options.ts'
import { absolutePath, withCore } from './session.ts'
import { formatTable } from './table.ts'

/** Adds `backbones classify`. */
export function defineClassify(backbones: Command, run: RunAction): void {
  backbones
    .command('classify')
    .description("tell ImageNet's classes of images by the classifier that came with a backbone's weights")
    .argument('<id>', 'the backbone, as `thaw backbones` lists it')
    .argument('<file...>', 'images')
    .addOption(jsonOption())
    .action(
      run(async (terminal, id: string, files: string[]) => {
        const givenAs = new Map(files.map((file) => [absolutePath(file), file]))
        const answer = await withCore(({ core }) =>
          core.request('backbones.classify', { id, paths: [...givenAs.keys()] }),
        )
        const named = <Item extends { path: string }>(item: Item): Item => ({
          ...item,
          path: givenAs.get(item.path) ?? item.path,
        })
        const predictions = answer.predictions.map(named)
        const skipped = answer.skipped.map(named)
        terminal.answer({ predictions, skipped }, () =>
          formatTable(
            [{ title: 'File' }, { title: 'Class' }, { title: 'Probability', align: 'right' }],
            [
              ...predictions.flatMap(({ path, top }) =>
                top.map(({ class: name, probability }, index) => [
                  index === 0 ? path : '',
                  name,
                  formatPercent(probability),
                ]),
              ),
              ...skipped.map(({ path, reason }) => [path, reason, '']),
            ],
          ),
        )
      }),
    )
}
