import type { CliCommand } from './command.ts'
import { formatInteger } from './format.ts'
import { jsonOption } from './options.ts'
import { withCore } from './session.ts'
import { formatTable } from './table.ts'

export const backbonesCommand: CliCommand = {
  define(parent, run) {
    const backbones = parent
      .command('backbones')
      .description('list the backbones; backbones show <id> lists the layers of one')
      .addOption(jsonOption())
      .action(
        run(async (terminal) => {
          const { backbones: list } = await withCore(({ core }) => core.request('backbones.list', {}))
          terminal.answer({ backbones: list }, () =>
            formatTable(
              [
                { title: 'Id' },
                { title: 'Family' },
                { title: 'Input', align: 'right' },
                { title: 'Parameters', align: 'right' },
                { title: 'Layers', align: 'right' },
                { title: 'Installed' },
                { title: 'Licence' },
                { title: 'Source' },
              ],
              list.map((backbone) => [
                backbone.id,
                backbone.family,
                String(backbone.inputSize),
                formatInteger(backbone.parameters),
                String(backbone.layers),
                backbone.installed ? 'yes' : 'no',
                backbone.licence,
                backbone.source,
              ]),
            ),
          )
        }),
      )
    backbones
      .command('show')
      .description('list the layers of a backbone in order')
      .argument('<id>', 'its id, as `thaw backbones` lists it')
      .addOption(jsonOption())
      .action(
        run(async (terminal, id: string) => {
          const backbone = await withCore(({ core }) => core.request('backbones.show', { id }))
          terminal.answer(backbone, () =>
            formatTable(
              [
                { title: '#', align: 'right' },
                { title: 'Layer' },
                { title: 'Type' },
                { title: 'Output' },
                { title: 'Parameters', align: 'right' },
                { title: 'Block' },
              ],
              backbone.layers.map((layer) => [
                String(layer.index),
                layer.name,
                layer.type,
                layer.outputShape.join('x'),
                layer.parameters === 0 ? '' : formatInteger(layer.parameters),
                layer.block,
              ]),
            ),
          )
        }),
      )
  },
}
