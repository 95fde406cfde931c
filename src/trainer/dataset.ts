import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { Split } from '../contract/entities.ts'
import { AppError } from '../contract/errors.ts'
import { manifestSchema, type Manifest, type ManifestImage } from '../contract/jobs.ts'

/** @throws AppError 'invalid-input' where the file is missing or not a manifest */
export async function readManifest(path: string): Promise<Manifest> {
  try {
    return manifestSchema.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new AppError('invalid-input', `The list of images ${path} cannot be used: ${reason}`, { path })
  }
}

/**
 * The labelled images of a training, ordered by relative path and hash: everything that depends on an order starts from this one, however
 * the images came in.
 */
export interface Dataset {
  readonly classes: readonly string[]
  /** Labelled images that belong to a split. */
  readonly images: readonly ManifestImage[]
  /** The place of each of `images` in the manifest, for what others read in its order. */
  readonly manifestPlaces: readonly number[]
  /** Positions in `images`, in that order. */
  readonly splits: { readonly [Name in Split]: readonly number[] }
  /** Of the training images in their order. */
  readonly orderSha256: string
}

/** @throws AppError 'too-few-classes', 'too-few-images', 'invalid-input' */
export function buildDataset({ classes, images: all }: Manifest): Dataset {
  if (classes.length < 2) {
    throw new AppError(
      'too-few-classes',
      `A classifier needs 2 classes or more; there are ${classes.length}.`,
      {
        classes: [...classes],
      },
    )
  }
  const ordered = all
    .map((image, place) => ({ image, place }))
    .filter(({ image: { classIndex, split } }) => classIndex >= 0 && split !== null)
    .sort((a, b) => compareImages(a.image, b.image) || a.place - b.place)
  const images = ordered.map(({ image }) => image)
  const wrong = images.find(({ classIndex }) => classIndex >= classes.length)
  if (wrong !== undefined) {
    throw new AppError(
      'invalid-input',
      `The class of ${wrong.path} should be 0 to ${classes.length - 1}; it is ${wrong.classIndex}.`,
    )
  }
  const positionsOf = (split: Split): number[] =>
    images.flatMap((image, position) => (image.split === split ? [position] : []))
  const splits = {
    train: positionsOf('train'),
    validation: positionsOf('validation'),
    test: positionsOf('test'),
  }
  if (splits.train.length === 0) {
    throw new AppError(
      'too-few-images',
      'Training needs labelled images in the train split; there are none.',
      {
        train: 0,
      },
    )
  }
  const hash = createHash('sha256')
  for (const position of splits.train) {
    hash.update(`${images[position]?.relativePath}\0${images[position]?.sha256}\n`)
  }
  const manifestPlaces = ordered.map(({ place }) => place)
  return { classes, images, manifestPlaces, splits, orderSha256: hash.digest('hex') }
}

/** By code units, not by a language's rules, which differ between machines. */
function compareImages(a: ManifestImage, b: ManifestImage): number {
  if (a.relativePath !== b.relativePath) return a.relativePath < b.relativePath ? -1 : 1
  return a.sha256 < b.sha256 ? -1 : Number(a.sha256 > b.sha256)
}
