import { allImages } from './all-images.ts'
import type { CliCommand } from './command.ts'
import { jsonOption } from './options.ts'
import { withProject } from './session.ts'
import { formatTable } from './table.ts'

export const imagesCommand: CliCommand = {
  define(parent, run) {
    parent
      .command('images')
      .description('list the images in order')
      .argument('<project>', 'the project')
      .addOption(jsonOption())
      .action(
        run(async (terminal, folder: string) => {
          const images = await withProject(folder, async ({ request }) => {
            const { classes } = await request('classes.list', {})
            const names = new Map(classes.map(({ id, name }) => [id, name]))
            return (await allImages(request)).map(({ id, path, sha256, classId, split, status }) => ({
              id,
              path,
              sha256,
              class: classId === null ? null : (names.get(classId) ?? null),
              split,
              status,
            }))
          })
          terminal.answer({ images }, () =>
            formatTable(
              [{ title: 'Id', align: 'right' }, { title: 'Class' }, { title: 'Split' }, { title: 'Path' }],
              images.map((image) => [String(image.id), image.class ?? '-', image.split ?? '-', image.path]),
            ),
          )
        }),
      )
  },
}
