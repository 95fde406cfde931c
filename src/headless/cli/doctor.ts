import type { EngineProbe } from '../../contract/entities.ts'
import type { CliCommand } from './command.ts'
import { jsonOption, nonEmptyText } from './options.ts'
import { absolutePath, withCore } from './session.ts'
import { formatTable } from './table.ts'

export const doctorCommand: CliCommand = {
  define(parent, run) {
    parent
      .command('doctor')
      .description('try each engine: does it work here, how fast, and if not, why')
      .option(
        '--install <wheel>',
        'set up the native engine from a TensorFlow wheel on this disk first',
        nonEmptyText,
      )
      .addOption(jsonOption())
      .action(
        run(async (terminal, options: { install?: string }) => {
          if (options.install !== undefined) {
            const { installNativeEngine } = await import('../native-engine.ts')
            const engineFolder = await installNativeEngine(absolutePath(options.install), terminal)
            terminal.note(`The native engine is set up in ${engineFolder}`)
          }
          const { engines, chosen } = await withCore(({ core }) => core.request('app.doctor', {}))
          terminal.answer({ engines, chosen }, () =>
            formatTable(
              [
                { title: 'Engine' },
                { title: 'Works' },
                { title: 'Images/s', align: 'right' },
                { title: 'Version' },
                { title: 'Device, or why not' },
              ],
              engines.map((engine) => [
                engine.id === chosen ? `${engine.id} *` : engine.id,
                engine.available ? 'yes' : 'no',
                engine.imagesPerSecond === null ? '-' : engine.imagesPerSecond.toFixed(1),
                engine.version ?? '-',
                engine.available ? (engine.device ?? '-') : (engine.reason ?? '-'),
              ]),
            ).concat('\n\n* is used where none is named', ...engines.flatMap(slowerThanItCouldBe)),
          )
        }),
      )
  },
}

function slowerThanItCouldBe({ id, missing }: EngineProbe): string[] {
  return missing.map(
    ({ part, reason }) => `\n${id} works more slowly than it could, as ${part} is not there: ${reason}`,
  )
}
