import { rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { AppError } from '../../contract/errors.ts'
import type { RequestOutput } from '../../contract/requests/index.ts'
import { findBackbone } from '../../models/catalog.ts'
import type { CoreContext } from '../context.ts'
import { launchNodeProcess } from '../processes/launch-node-process.ts'
import { toAppError } from '../store/to-app-error.ts'
import { isUploadFolder } from '../uploads/uploads.ts'
import { runConversion } from '../weights/run-conversion.ts'
import { addedWeightsStore } from './added-weights.ts'

type Deps = Pick<CoreContext, 'dataDir' | 'launchWeights' | 'publish' | 'log'>

/** Files of weights that are being added. */
export interface WeightsAdditions {
  /** @throws AppError 'invalid-input' where weights of that backbone are being added already, and as `backbones.add` */
  add(id: string, file: string): Promise<RequestOutput<'backbones.add'>>
  cancel(id: string): void
  /** @throws AppError as `backbones.recognize` */
  recognize(file: string): Promise<RequestOutput<'backbones.recognize'>>
  /** Cancels all. */
  close(): Promise<void>
}

/** Of a TensorFlow.js model, which is always `model.json`, with its folder where a person named that. */
function shownName(dataDir: string, file: string): string {
  const [name, folder] = [basename(file), dirname(file)]
  return name === 'model.json' && !isUploadFolder(dataDir, folder) ? join(basename(folder), name) : name
}

/** One file at a time, as each takes memory of its size. */
export function createWeightsAdditions(deps: Deps): WeightsAdditions {
  const { dataDir, publish } = deps
  const store = addedWeightsStore(dataDir)
  const current = new Map<string, AbortController>()
  let last: Promise<unknown> = Promise.resolve()
  const closing = new AbortController()
  const launch = () =>
    deps.launchWeights ?? launchNodeProcess(join(import.meta.dirname, '../weights/conversion-process.ts'))

  async function convert(
    id: string,
    file: string,
    signal: AbortSignal,
  ): Promise<RequestOutput<'backbones.add'>> {
    const folder = store.makeIncoming(id)
    try {
      const { sha256, tensors, layersMatched, bytes, format, convention, hasClassifier, dropped } =
        await runConversion(
          launch(),
          { type: 'convert', path: file, backbone: id, folder },
          {
            signal,
            onProgress: (done, total) =>
              publish('backbones.progress', {
                id,
                step: 'adding',
                done,
                total,
                bytesPerSecond: null,
                secondsLeft: null,
              }),
          },
        )
      const addedAt = Date.now()
      const description = {
        sha256,
        file: shownName(dataDir, file),
        format,
        convention,
        bytes,
        hasClassifier,
        addedAt,
      }
      store.install(id, folder, description)
      return {
        id,
        sha256,
        tensors,
        layersMatched,
        bytes,
        format,
        convention,
        hasClassifier,
        dropped: [...dropped],
      }
    } catch (error) {
      throw toAppError(error, folder)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }

  return {
    async add(id, file) {
      findBackbone(id)
      if (current.has(id)) {
        throw new AppError(
          'invalid-input',
          `Weights of ${id} are being added already. Wait until that has ended, or cancel it.`,
          { id },
        )
      }
      const abort = new AbortController()
      current.set(id, abort)
      try {
        const turn = last.then(() => convert(id, file, abort.signal))
        last = turn.catch(() => {})
        const added = await turn
        publish('backbones.changed', { id })
        return added
      } finally {
        current.delete(id)
      }
    },
    cancel(id) {
      findBackbone(id)
      current.get(id)?.abort()
    },
    // Only names and shapes are read, so it need not wait for its turn.
    async recognize(file) {
      const command = { type: 'recognize', path: file } as const
      const { format, tensors, backbones } = await runConversion(launch(), command, {
        signal: closing.signal,
      })
      return { format, tensors, backbones: [...backbones] }
    },
    async close() {
      closing.abort()
      for (const abort of current.values()) abort.abort()
      await last
    },
  }
}
