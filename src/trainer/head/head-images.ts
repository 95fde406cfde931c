import { readFile } from 'node:fs/promises'
import { AppError } from '../../contract/errors.ts'
import { headImagesSchema, type HeadImage } from '../../contract/jobs.ts'

/** What jobs on heads are given: the file that lists images, and a label of each. */
interface ImagesAndLabels {
  readonly imagesPath: string
  readonly labels: readonly number[]
  readonly classes: number
}

/** @throws AppError 'invalid-input' where labels are not of these images, or of other classes */
export async function readHeadImages({ imagesPath, labels, classes }: ImagesAndLabels): Promise<HeadImage[]> {
  const images = headImagesSchema.parse(JSON.parse(await readFile(imagesPath, 'utf8')))
  if (images.length !== labels.length || labels.some((label) => label >= classes)) {
    throw new AppError(
      'invalid-input',
      `A label below ${classes} was expected for each of ${images.length} images; there are ${labels.length}.`,
    )
  }
  return images
}
