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

/** The labelled images of a training, and where each split's are among them. */
export interface Dataset {
  readonly classes: readonly string[]
  /** Labelled images that belong to a split, in manifest order. */
  readonly images: readonly ManifestImage[]
  /** Positions in `images`, in manifest order. */
  readonly splits: { readonly [Name in Split]: readonly number[] }
  /** The training positions ordered by relative path and hash: the order that shuffling starts from, however images came in. */
  readonly trainOrder: readonly number[]
  /** Of that order. */
  readonly orderSha256: string
}

/** @throws AppError 'too-few-classes', 'too-few-images', 'invalid-input' */
export function buildDataset({ classes, images: all }: Manifest): Dataset {
  if (classes.length < 2) {
    throw new AppError('too-few-classes', `A classifier needs 2 classes or more; there are ${classes.length}.`, {
      classes: [...classes],
    })
  }
  const images = all.filter(({ classIndex, split }) => classIndex >= 0 && split !== null)
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
    throw new AppError('too-few-images', 'Training needs labelled images in the train split; there are none.', {
      train: 0,
    })
  }
  const trainOrder = [...splits.train].sort((a, b) => compareImages(images[a], images[b]))
  const hash = createHash('sha256')
  for (const position of trainOrder) {
    hash.update(`${images[position]?.relativePath}\0${images[position]?.sha256}\n`)
  }
  return { classes, images, splits, trainOrder, orderSha256: hash.digest('hex') }
}

/** By code units, not by a language's rules, which differ between machines. */
function compareImages(a: ManifestImage | undefined, b: ManifestImage | undefined): number {
  if (a === undefined || b === undefined) return 0
  if (a.relativePath !== b.relativePath) return a.relativePath < b.relativePath ? -1 : 1
  return a.sha256 < b.sha256 ? -1 : Number(a.sha256 > b.sha256)
}
