import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { Run } from '../../contract/entities.ts'
import { suggestionHeadSchema } from '../../contract/suggestions.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import { storedRun } from '../runs/stored-runs.ts'
import { readMeta, writeMeta } from '../store/meta.ts'
import { writeFileDurably } from '../store/write-file-durably.ts'

const storedHeadSchema = suggestionHeadSchema.extend({
  /** Of the data it knows. */
  version: z.string(),
  curve: z.array(z.object({ labels: z.number().int(), accuracy: z.number() })),
  /** Names its files in `cache/suggestions`. */
  files: z.string(),
  /** Values of a reduced feature. */
  width: z.number().int(),
})
export type StoredHead = z.infer<typeof storedHeadSchema>

/** The reduced features of images: distances tell likeness. */
export interface ReducedFeatures {
  /** Of each row. */
  readonly imageIds: readonly number[]
  /** `[imageIds.length, width]`; NaN where an image could not be read. */
  readonly values: Float32Array
  readonly width: number
  readonly rowOf: ReadonlyMap<number, number>
}

const headKey = 'suggestions.head'
const enabledKey = 'suggestions.enabled'
const runKey = 'suggestions.run'

/** Whether heads are fit in the background; off unless a person has asked for it. */
export function readEnabled(project: OpenProject): boolean {
  return readMeta(project.database, enabledKey) === '1'
}

export function storeEnabled(project: OpenProject, enabled: boolean): void {
  project.transaction(() => writeMeta(project.database, enabledKey, enabled ? '1' : '0'))
}

/** The run that a person chose to propose classes, where it is still there and has a model. */
export function readChosenRun(project: OpenProject): Run | null {
  const id = readMeta(project.database, runKey)
  const run = id ? storedRun(project, id) : undefined
  return run && run.modelSha256 !== null ? run : null
}

/** @param runId null: no run, but the head that learns in the background */
export function storeChosenRun(project: OpenProject, runId: string | null): void {
  project.transaction(() => writeMeta(project.database, runKey, runId ?? ''))
}

/** @returns null where there is none yet */
export function readHead(project: OpenProject): StoredHead | null {
  const text = readMeta(project.database, headKey)
  return text === undefined ? null : storedHeadSchema.parse(JSON.parse(text))
}

/** Makes it the newest; within a transaction. */
export function storeHead(project: OpenProject, head: StoredHead): void {
  writeMeta(project.database, headKey, JSON.stringify(head))
}

/** `cache/suggestions`, made where it is not there. */
export function suggestionsFolder({ folders }: OpenProject): string {
  const folder = join(folders.cache, 'suggestions')
  mkdirSync(folder, { recursive: true })
  return folder
}

export const featuresFile = (project: OpenProject, files: string): string =>
  join(suggestionsFolder(project), `${files}.f32`)
const idsFile = (project: OpenProject, files: string): string =>
  join(suggestionsFolder(project), `${files}.json`)

/** Writes whose rows the features are. */
export function storeFeatureIds(project: OpenProject, files: string, imageIds: readonly number[]): void {
  writeFileDurably(idsFile(project, files), JSON.stringify(imageIds))
}

/** Deletes what is not of the newest head. */
export function deleteOldFiles(project: OpenProject, files: string): void {
  const folder = suggestionsFolder(project)
  for (const name of readdirSync(folder)) {
    if (!name.startsWith(`${files}.`)) rmSync(join(folder, name), { force: true })
  }
}

/** Where the reduced features are, and whose. */
export interface NewestFeatures {
  /** Names them. */
  readonly files: string
  /** Of each row. */
  readonly imageIds: readonly number[]
  readonly width: number
}

/**
 * Reduced features of all images, by a head that is fit for them where none knows them.
 *
 * @param onProgress in images, while features are computed
 * @throws AppError 'no-images', 'cancelled', and the trainer's own
 */
export type FeaturesOf = (
  project: OpenProject,
  signal: AbortSignal,
  onProgress?: (done: number, total: number) => void,
) => Promise<NewestFeatures>

/** @returns null where there are none, or the cache was emptied since */
export function newestFeatures(project: OpenProject): NewestFeatures | null {
  const head = readHead(project)
  if (!head || !hasFeatures(project, head)) return null
  const imageIds = JSON.parse(readFileSync(idsFile(project, head.files), 'utf8')) as number[]
  return { files: head.files, width: head.width, imageIds }
}

/** Whether the features of its images are still in the cache. */
export function hasFeatures(project: OpenProject, { files }: StoredHead): boolean {
  return existsSync(idsFile(project, files)) && existsSync(featuresFile(project, files))
}

/** @returns null where the cache was emptied since */
export function readFeatures(project: OpenProject, { files, width }: StoredHead): ReducedFeatures | null {
  try {
    const imageIds = JSON.parse(readFileSync(idsFile(project, files), 'utf8')) as number[]
    const bytes = readFileSync(featuresFile(project, files))
    const values = new Float32Array(new Uint8Array(bytes).buffer)
    if (values.length !== imageIds.length * width) return null
    return { imageIds, values, width, rowOf: new Map(imageIds.map((id, row) => [id, row])) }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}
