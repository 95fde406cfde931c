import { readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import {
  featureCacheAboutSchema,
  featureCacheFiles,
  type FeatureCacheAbout,
} from '../../contract/feature-cache-files.ts'
import type { FeatureCacheEntry } from '../../contract/requests/storage.ts'
import { entriesOf, fileBytes, folderBytes } from './folder-bytes.ts'

/** The feature caches in a project's folder of them, last used first. */
export function listFeatureCaches(folder: string): FeatureCacheEntry[] {
  return keysOf(folder)
    .map((key) => describe(join(folder, key), key))
    .sort((a, b) => (b.lastUsedAt ?? 0) - (a.lastUsedAt ?? 0))
}

/**
 * @param key absent: all
 * @returns the bytes that were freed
 */
export function clearFeatureCaches(folder: string, key?: string): number {
  let freed = 0
  for (const name of keysOf(folder)) {
    if (key !== undefined && name !== key) continue
    freed += folderBytes(join(folder, name))
    rmSync(join(folder, name), { recursive: true, force: true })
  }
  return freed
}

function keysOf(folder: string): string[] {
  return entriesOf(folder)
    .map(({ name }) => name)
    .filter((name) => featureCacheFiles.key.test(name))
}

function describe(folder: string, key: string): FeatureCacheEntry {
  const about = readAbout(join(folder, featureCacheFiles.about))
  const indexBytes = entriesOf(folder)
    .filter(({ name }) => name.endsWith(featureCacheFiles.indexSuffix))
    .reduce((sum, { name }) => sum + fileBytes(join(folder, name)), 0)
  return {
    key,
    network: about?.network ?? null,
    boundary: about?.boundary ?? null,
    inputSize: about?.inputSize ?? null,
    precision: about?.precision ?? null,
    augmentation: about?.augmentation ?? null,
    records: Math.floor(indexBytes / featureCacheFiles.indexEntryBytes),
    bytes: folderBytes(folder),
    lastUsedAt: statSync(join(folder, featureCacheFiles.used), { throwIfNoEntry: false })?.mtimeMs ?? null,
  }
}

/** Null where it is not there or was not written to its end: a cache is used without it. */
function readAbout(path: string): FeatureCacheAbout | null {
  try {
    return featureCacheAboutSchema.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch {
    return null
  }
}
