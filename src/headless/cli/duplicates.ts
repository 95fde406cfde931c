import { allImages } from './all-images.ts'
import type { CliCommand } from './command.ts'
import { count } from './format.ts'
import { showJobProgress } from './job-progress.ts'
import { jsonOption } from './options.ts'
import { withProject } from './session.ts'

interface DuplicateGroup {
  kind: 'exact' | 'near'
  /** Absolute, where they were imported from. */
  images: string[]
  /** Its images, or the folders of its files, have different classes. */
  conflict: boolean
}

export const duplicatesCommand: CliCommand = {
  define(parent, run) {
    parent
      .command('duplicates')
      .description('list images that are the same, and images that show the same')
      .argument('<project>', 'the project')
      .addOption(jsonOption())
      .action(
        run(async (terminal, folder: string) => {
          const groups = await withProject(folder, async ({ core, request }) => {
            showJobProgress(terminal, core)
            await request('hygiene.scan', {})
            const exact = (await request('hygiene.images', { kind: 'exact-duplicates' })).findings
            const near = (await request('hygiene.images', { kind: 'near-duplicates' })).findings
            const paths = new Map((await allImages(request)).map(({ id, path }) => [id, path]))
            return [
              ...exact.map(({ paths: files, isConflict }): DuplicateGroup => {
                return { kind: 'exact', images: files, conflict: isConflict }
              }),
              ...near.map(({ imageIds, isConflict }): DuplicateGroup => {
                const images = imageIds.map((id) => paths.get(id) ?? '').sort()
                return { kind: 'near', images, conflict: isConflict }
              }),
            ]
          })
          terminal.answer({ groups }, () => describe(groups))
        }),
      )
  },
}

function describe(groups: readonly DuplicateGroup[]): string {
  if (groups.length === 0) return 'There are no duplicates.'
  return groups
    .map(({ kind, images, conflict }) => {
      const title = kind === 'exact' ? `The same ${count(images.length, 'time')}` : 'Near duplicates'
      return [`${title}${conflict ? ', of different classes' : ''}:`, ...images.map((path) => `  ${path}`)]
    })
    .flat()
    .join('\n')
}
