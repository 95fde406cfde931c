import { writeFile } from 'node:fs/promises'
import type { HeadImage } from '../../contract/jobs.ts'
import { breathe } from './breathe.ts'

const imagesAtOnce = 2000

/** Writes the file that jobs on heads read images from, and lets other work in between. */
export async function writeHeadImages(path: string, images: readonly HeadImage[]): Promise<void> {
  await writeFile(path, jsonOf(images))
}

async function* jsonOf(images: readonly HeadImage[]): AsyncGenerator<string> {
  for (let first = 0; first < images.length; first += imagesAtOnce) {
    const piece = JSON.stringify(images.slice(first, first + imagesAtOnce))
    yield `${first === 0 ? '[' : ','}${piece.slice(1, -1)}`
    await breathe()
  }
  yield ']'
}
