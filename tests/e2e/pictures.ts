import { cp, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { thaw } from './served.ts'

/**
 * A folder of drawn pictures as a person would have it: a folder for each class, and three pictures beside them that
 * nobody has labelled yet.
 *
 * @returns the folder, and the name of the first class
 */
export async function drawPictures(
  folder: string,
  options: { images: number; classes: number; size: number; flaws?: boolean },
): Promise<{ pictures: string; images: number; className: string }> {
  const sample = join(folder, 'drawn.thaw')
  await thaw(
    ...[folder, 'sample', sample, '--images', String(options.images), '--classes', String(options.classes)],
    ...['--size', String(options.size), '--seed', '7'],
    ...(options.flaws ? ['--flaws'] : []),
  )
  const { images } = await thaw<{ images: { path: string; class: string }[] }>(folder, 'images', sample)
  const pictures = join(folder, 'pictures')
  const className = images[0]?.class ?? ''
  const unlabelled = images.filter((image) => image.class === className).slice(-3)
  for (const image of images) {
    const into = unlabelled.includes(image) ? pictures : join(pictures, image.class)
    await mkdir(into, { recursive: true })
    await cp(image.path, join(into, image.path.slice(image.path.lastIndexOf('/') + 1)))
  }
  return { pictures, images: images.length, className }
}
