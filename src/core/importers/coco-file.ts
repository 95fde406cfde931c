import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { z } from 'zod'
import type { Split } from '../../contract/entities.ts'
import { splitOfFolder } from './folder-labels.ts'
import type { ImportSource } from './importer.ts'
import { readJson } from './read-json.ts'

const idSchema = z.union([z.number(), z.string()])

/** What is read of a file of COCO's annotations. @see https://cocodataset.org/#format-data */
const cocoSchema = z.object({
  images: z.array(
    z.object({
      id: idSchema,
      file_name: z.string(),
      width: z.number().nullish(),
      height: z.number().nullish(),
      /** Not COCO's: as Thaw exports it. */
      split: z.string().nullish(),
    }),
  ),
  annotations: z.array(
    z.object({
      id: idSchema.optional(),
      image_id: idSchema,
      category_id: idSchema,
      /** Pixels from the upper left: left, top, width, height. */
      bbox: z.array(z.number()).nullish(),
      iscrowd: z.union([z.number(), z.boolean()]).nullish(),
    }),
  ),
  categories: z.array(z.object({ id: idSchema, name: z.string() })),
})
export type CocoData = z.output<typeof cocoSchema>

/** One file of annotations. */
export interface CocoFile {
  path: string
  /** Of images that have none of their own, by the name of the file or of its folder. */
  split: Split | null
  data: CocoData
}

/** In a folder of images: as Thaw and CVAT name it, as Roboflow does. */
const fileNames = ['annotations.json', '_annotations.coco.json']
/** In the folder `annotations` of the published data set. */
const publishedName = /^instances_.*\.json$/

/** `instances_val2017.json`, `train.json`, or a file in a folder that is called so. */
function splitOf(path: string): Split | null {
  for (const part of basename(path).split(/[._-]/)) {
    const split = splitOfFolder(part.replace(/\d{4}$/, ''))
    if (split !== null) return split
  }
  return splitOfFolder(basename(dirname(path)))
}

/** The files of annotations that a folder has; none where it is no data set of COCO. */
export async function cocoPaths({ path, isFolder }: ImportSource): Promise<string[]> {
  if (!isFolder) return [path]
  const own = fileNames.map((name) => join(path, name)).filter(existsSync)
  if (own.length > 0) return own.slice(0, 1)
  const published = await readdir(join(path, 'annotations')).catch(() => [])
  const instances = published.filter((name) => publishedName.test(name)).sort()
  if (instances.length > 0) return instances.map((name) => join(path, 'annotations', name))
  const folders = (await readdir(path).catch(() => [])).filter((name) => splitOfFolder(name) !== null).sort()
  return folders.flatMap((name) => fileNames.map((file) => join(path, name, file)).filter(existsSync))
}

/** @throws import-invalid */
export async function readCoco(path: string): Promise<CocoFile> {
  const data = await readJson(
    path,
    cocoSchema,
    'JSON of COCO, with the lists images, annotations and categories',
  )
  return { path, split: splitOf(path), data }
}
