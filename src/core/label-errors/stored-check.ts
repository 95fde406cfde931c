import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { labelCheckSchema } from '../../contract/label-errors.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import { readMeta, writeMeta } from '../store/meta.ts'

const storedCheckSchema = labelCheckSchema.omit({ changed: true }).extend({
  /** Names its files in `cache/label-errors`. */
  files: z.string(),
  /** Values of a reduced feature. */
  width: z.number().int(),
})
export type StoredCheck = z.infer<typeof storedCheckSchema>

const examinedSchema = z.object({
  imageIds: z.array(z.number().int()),
  /** The class that each image had. */
  labels: z.array(z.number().int()),
  /** In the order of the probabilities. */
  classIds: z.array(z.number().int()),
})
/** What was looked at. */
export type Examined = z.infer<typeof examinedSchema>

/** What a search knew of each image. */
export interface CheckData extends Examined {
  /** `[imageIds.length, classIds.length]`, out of fold; NaN where an image could not be read. */
  readonly probabilities: Float32Array
  /** `[imageIds.length, width]`: distances tell likeness. */
  readonly features: Float32Array
  readonly width: number
  readonly rowOf: ReadonlyMap<number, number>
}

const checkKey = 'labelErrors.check'

/** @returns null where nothing was looked for yet */
export function readCheck({ database }: OpenProject): StoredCheck | null {
  const text = readMeta(database, checkKey)
  return text === undefined ? null : storedCheckSchema.parse(JSON.parse(text))
}

/** Makes it the newest; within a transaction. */
export function storeCheck({ database }: OpenProject, check: StoredCheck): void {
  writeMeta(database, checkKey, JSON.stringify(check))
}

/** Where the files of a search lie, in a folder that is made where it is not there. */
export function checkFiles(
  { folders }: OpenProject,
  files: string,
): { examined: string; probabilities: string; features: string } {
  const folder = join(folders.cache, 'label-errors')
  mkdirSync(folder, { recursive: true })
  const path = (name: string): string => join(folder, `${files}-${name}`)
  return {
    examined: path('examined.json'),
    probabilities: path('probabilities.f32'),
    features: path('features.f32'),
  }
}

/** Deletes what is not of the newest search. */
export function deleteOldChecks({ folders }: OpenProject, files: string): void {
  const folder = join(folders.cache, 'label-errors')
  for (const name of readdirSync(folder)) {
    if (!name.startsWith(`${files}-`)) rmSync(join(folder, name), { force: true })
  }
}

/** @returns null where the cache was emptied since */
export async function readExamined(project: OpenProject, { files }: StoredCheck): Promise<Examined | null> {
  return unlessGone(async () =>
    examinedSchema.parse(JSON.parse(await readFile(checkFiles(project, files).examined, 'utf8'))),
  )
}

/** @returns null where the cache was emptied since */
export async function readCheckData(
  project: OpenProject,
  { files, width }: StoredCheck,
  examined: Examined,
): Promise<CheckData | null> {
  const paths = checkFiles(project, files)
  const read = await unlessGone(() => Promise.all([paths.probabilities, paths.features].map(readFloats)))
  if (read === null) return null
  const [probabilities, features] = read as [Float32Array, Float32Array]
  const rows = examined.imageIds.length
  if (features.length !== rows * width || probabilities.length !== rows * examined.classIds.length)
    return null
  const rowOf = new Map(examined.imageIds.map((id, row) => [id, row]))
  return { ...examined, probabilities, features, width, rowOf }
}

async function readFloats(path: string): Promise<Float32Array> {
  return new Float32Array(new Uint8Array(await readFile(path)).buffer)
}

async function unlessGone<Read>(read: () => Promise<Read>): Promise<Read | null> {
  try {
    return await read()
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}
