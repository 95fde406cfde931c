import { rmSync } from 'node:fs'
import { AppError } from '../../contract/errors.ts'
import type { RequestOutput } from '../../contract/requests/index.ts'
import type { CoreContext } from '../context.ts'
import { backboneOf } from '../own-backbones/own-backbones.ts'
import { folderBytes } from '../storage/folder-bytes.ts'
import { toAppError } from '../store/to-app-error.ts'
import type { WeightsAdditions } from './add-weights.ts'
import { downloadFile, downloadLimits } from './download-file.ts'
import { downloadProgress } from './download-progress.ts'
import { downloadPath, downloadsFolder, estimatedBytes, findDownload } from './published-weights.ts'

type Deps = Pick<CoreContext, 'dataDir' | 'publish' | 'resolveDownload'>

/** Publishers' files that are being fetched. */
export interface WeightsDownloads {
  /**
   * Fetches a file, checks its hash, and adds it.
   *
   * @param source as `findDownload` takes it
   * @throws AppError 'invalid-input' where weights of that backbone are being fetched already; as `downloadFile`, and as `backbones.add`
   */
  download(id: string, source: string | undefined): Promise<RequestOutput<'backbones.download'>>
  cancel(id: string): void
  /** Deletes what has been fetched for a backbone and is not installed. @returns the bytes that were freed */
  discard(id: string): number
  /** Cancels all. */
  close(): Promise<void>
}

/** Files of other formats hold more than the tensors: names, an optimiser's state, an auxiliary classifier. */
const roomFactor = 2
const roomBytes = 64 * 2 ** 20

export function createWeightsDownloads(
  deps: Deps,
  additions: WeightsAdditions,
  limits = downloadLimits,
): WeightsDownloads {
  const { dataDir, publish } = deps
  const current = new Map<string, { abort: AbortController; ended: Promise<unknown> }>()

  async function fetchAndAdd(id: string, name: string | undefined, signal: AbortSignal) {
    const backbone = backboneOf(dataDir, id)
    const published = findDownload(backbone, name)
    const source = deps.resolveDownload?.(published) ?? published
    const path = downloadPath(dataDir, id, published)
    try {
      await downloadFile({
        source,
        path,
        maximumBytes: roomFactor * estimatedBytes(backbone) + roomBytes,
        signal,
        onProgress: downloadProgress((progress) =>
          publish('backbones.progress', { id, step: 'downloading', ...progress }),
        ),
        otherwise: `download it elsewhere and add the file by hand: thaw backbones add FILE --as ${id}`,
        limits,
      })
    } catch (error) {
      throw toAppError(error, path)
    }
    const cancelAdding = () => additions.cancel(id)
    signal.addEventListener('abort', cancelAdding, { once: true })
    try {
      const added = await additions.add(id, path)
      discard(id)
      return { ...added, address: source.url }
    } catch (error) {
      // A file that cannot be read will not be readable the next time; after anything else it need not be fetched again.
      if (error instanceof AppError && error.code.startsWith('weights-')) rmSync(path, { force: true })
      throw error
    } finally {
      signal.removeEventListener('abort', cancelAdding)
    }
  }

  function discard(id: string): number {
    const folder = downloadsFolder(dataDir, id)
    const freed = folderBytes(folder)
    rmSync(folder, { recursive: true, force: true })
    return freed
  }

  return {
    async download(id, source) {
      if (current.has(id)) {
        throw new AppError(
          'invalid-input',
          `Weights of ${id} are being downloaded already. Wait until that has ended, or cancel it.`,
          { id },
        )
      }
      const abort = new AbortController()
      const work = fetchAndAdd(id, source, abort.signal)
      current.set(id, { abort, ended: work.catch(() => {}) })
      try {
        return await work
      } finally {
        current.delete(id)
      }
    },
    cancel(id) {
      backboneOf(dataDir, id)
      current.get(id)?.abort.abort()
    },
    // What is being fetched is not taken from under its download.
    discard: (id) => (current.has(id) ? 0 : discard(id)),
    async close() {
      const all = [...current.values()]
      for (const { abort } of all) abort.abort()
      await Promise.all(all.map(({ ended }) => ended))
    },
  }
}
