import { existsSync } from 'node:fs'
import { copyFile, mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { sharedData } from './thaw.ts'

/** Where the bees and ants are: `train/` and `val/`, each with a folder for a class. */
export const hymenoptera = join(sharedData, 'hymenoptera')

/** Ends this process, saying so, where the pictures are not there. */
export function requireHymenoptera(): void {
  if (existsSync(hymenoptera)) return
  console.log(`skipped: there are no pictures at ${hymenoptera}`)
  process.exit(0)
}

/**
 * The folder for a run on at most `perClass` pictures of each class and split: itself where it has no more, else a copy of so many in
 * `folder`.
 */
export async function hymenopteraPictures(folder: string, perClass: number): Promise<string> {
  const copy = join(folder, 'pictures')
  let isWhole = true
  for (const split of ['train', 'val']) {
    for (const name of await readdir(join(hymenoptera, split))) {
      const files = (await readdir(join(hymenoptera, split, name))).sort()
      if (files.length > perClass) isWhole = false
      await mkdir(join(copy, split, name), { recursive: true })
      for (const file of files.slice(0, perClass)) {
        await copyFile(join(hymenoptera, split, name, file), join(copy, split, name, file))
      }
    }
  }
  return isWhole ? hymenoptera : copy
}
