import type { CliCommand } from './command.ts'
import { jsonOption, nonEmptyText } from './options.ts'
import { absolutePath, withCore } from './session.ts'

export const initCommand: CliCommand = {
  define(parent, run) {
    parent
      .command('init')
      .description('make an empty project')
      .argument('<project>', 'a folder that is not there yet; its name ends in .thaw')
      .option('--name <name>', "the project's name; default: the folder's", nonEmptyText)
      .addOption(jsonOption())
      .action(
        run(async (terminal, folder: string, options: { name?: string }) => {
          const project = await withCore(({ core }) =>
            core.request('projects.create', { path: absolutePath(folder), name: options.name }),
          )
          terminal.answer(
            { project: project.path, name: project.name, schemaVersion: project.schemaVersion },
            () => `Made the project '${project.name}' in ${project.path}`,
          )
        }),
      )
  },
}
