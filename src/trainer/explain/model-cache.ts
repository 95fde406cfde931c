import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { EngineId } from '../../contract/engine-ids.ts'
import type { WeightsReference } from '../../contract/jobs.ts'
import { modelFileNames } from '../model-file.ts'

/** What is made of a run's model and stays on the engine for the next question. */
export interface ModelCache<Model> {
  /** The one that was used before, where the run's files are the same, else what `read` gives. @throws as `read` */
  get(
    runFolder: string,
    weights: WeightsReference | null,
    engine: EngineId,
    read: () => Promise<Model>,
  ): Promise<Model>
}

/**
 * Keeps `most` of them, and frees the one that was not used for longest for another. A process does one job at a time, so nothing is freed
 * while it is used.
 */
export function createModelCache<Model>(most: number, free: (model: Model) => void): ModelCache<Model> {
  /** The newest last. */
  const kept: { readonly key: string; readonly model: Model }[] = []
  return {
    async get(runFolder, weights, engine, read) {
      const key = JSON.stringify([runFolder, await stampOf(runFolder), weights?.sha256 ?? null, engine])
      const found = kept.findIndex((entry) => entry.key === key)
      const [known] = found >= 0 ? kept.splice(found, 1) : []
      const entry = known ?? { key, model: await read() }
      kept.push(entry)
      for (const { model } of kept.splice(0, kept.length - most)) free(model)
      return entry.model
    },
  }
}

/** Changes when a model is written anew. */
async function stampOf(runFolder: string): Promise<number[]> {
  const times = modelFileNames.map(async (name) => {
    const found = await stat(join(runFolder, name)).catch(() => null)
    return found?.mtimeMs ?? 0
  })
  return Promise.all(times)
}
