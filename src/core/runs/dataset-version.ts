import { createHash } from 'node:crypto'
import { gunzipSync, gzipSync } from 'node:zlib'
import type { Split } from '../../contract/entities.ts'
import type { Manifest } from '../../contract/jobs.ts'
import { imageFile } from '../images/image-file.ts'
import type { OpenProject } from '../projects/open-projects.ts'

/** A labelled image that is there to be trained on. */
export interface LabelledImage {
  sha256: string
  /** Of the file to read. */
  path: string
  relativePath: string
  class: string
  split: Split | null
}

/** A line of a dataset version. */
export interface DatasetLine {
  sha256: string
  class: string
  split: Split
}

/** Images with a label whose bytes are known, in the order of relative paths: never in that of arrival or ids. */
export function labelledImages(project: OpenProject): LabelledImage[] {
  // Beside min(), SQLite takes the other columns from the row that has the minimum: of several classes the first.
  const rows = project.database
    .prepare<[], LabelledImage>(
      `SELECT images.sha256, images.path, images.relative_path AS relativePath, images.split,
         classes.name AS class, min(classes.position)
       FROM images
       JOIN annotations ON annotations.image_id = images.id
       JOIN classes ON classes.id = annotations.class_id AND classes.deleted_at IS NULL
       WHERE images.removed_at IS NULL AND images.status = 'ready'
       GROUP BY images.id
       ORDER BY images.relative_path, images.sha256`,
    )
    .all()
  return rows.map(({ sha256, path, relativePath, class: name, split }) => ({
    sha256,
    path: imageFile(project, { path, sha256 }),
    relativePath,
    class: name,
    split,
  }))
}

/**
 * What a training reads: images that have a split, and their classes by name, so that equal data gives the same manifest in any
 * project.
 */
export function toManifest(images: readonly LabelledImage[]): Manifest {
  const placed = images.filter((image) => image.split !== null)
  const classes = [...new Set(placed.map((image) => image.class))].sort()
  const indexes = new Map(classes.map((name, index) => [name, index]))
  return {
    classes,
    images: placed.map(({ path, sha256, relativePath, class: name, split }) => ({
      path,
      sha256,
      relativePath,
      classIndex: indexes.get(name) ?? -1,
      split,
    })),
  }
}

/** What a manifest holds of the data, a line for each image, and the hash that names it. */
function datasetVersionOf({ classes, images }: Pick<Manifest, 'classes' | 'images'>): {
  content: string
  hash: string
} {
  const content = images
    .map(({ sha256, classIndex, split }) => `${JSON.stringify([sha256, classes[classIndex], split])}\n`)
    .join('')
  return { content, hash: createHash('sha256').update(content).digest('hex') }
}

/** The hash that the project's labels and splits have now. */
export function currentDatasetVersion(project: OpenProject): string {
  return datasetVersionOf(toManifest(labelledImages(project))).hash
}

/** Stores what a manifest holds of the data, where it is not stored yet. @returns the hash that names it */
export function storeDatasetVersion({ database }: OpenProject, manifest: Manifest): string {
  const { content, hash } = datasetVersionOf(manifest)
  const { images } = manifest
  const known = database.prepare('SELECT 1 FROM dataset_versions WHERE hash = ?').get(hash)
  if (known === undefined) {
    database
      .prepare('INSERT INTO dataset_versions (hash, images, created_at, content) VALUES (?, ?, ?, ?)')
      .run(hash, images.length, Date.now(), gzipSync(content, { level: 1 }))
  }
  return hash
}

/** The lines of a stored version, in its order. */
export function readDatasetVersion({ database }: OpenProject, hash: string): DatasetLine[] {
  const content = database
    .prepare<[string], Buffer>('SELECT content FROM dataset_versions WHERE hash = ?')
    .pluck()
    .get(hash)
  if (content === undefined) return []
  return gunzipSync(content)
    .toString('utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const [sha256, name, split] = JSON.parse(line) as [string, string, Split]
      return { sha256, class: name, split }
    })
}
