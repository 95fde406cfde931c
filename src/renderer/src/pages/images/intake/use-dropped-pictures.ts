import { onScopeDispose, shallowRef } from 'vue'
import { toErrorPayload } from '../../../../../contract/errors.ts'
import type { DroppedFiles } from '../../../composables/use-file-drop.ts'
import { handOver } from '../../../client/given-files.ts'
import { useClient } from '../../../client/index.ts'
import type { ImportChoices } from '../../../components/ImportDialog.vue'
import { toastError } from '../../../composables/use-errors.ts'
import { droppedSource, type DroppedSource } from './dropped-source.ts'

/** Pictures that were dropped, on their way into the project. */
export type DroppedPictures =
  | { readonly stage: 'receiving'; readonly files: number; readonly done: number; readonly total: number }
  | ({
      readonly stage: 'ready'
      /** They were sent by the page, so they are kept in the project. */
      readonly isSent: boolean
      release(): void
    } & DroppedSource)

/**
 * Takes pictures and folders that were dropped: in Electron by their paths, elsewhere by sending them. Then the person chooses what is done
 * with them; those dropped on a class are imported at once.
 */
export function useDroppedPictures(projectId: string) {
  const client = useClient()
  const current = shallowRef<DroppedPictures | null>(null)
  let attempt = new AbortController()

  async function begin(dropped: DroppedFiles, classId: number | null): Promise<void> {
    cancel()
    const { signal } = attempt
    try {
      const ready = await receive(dropped, signal)
      if (signal.aborted) return ready.release()
      current.value = ready
      if (classId !== null) await importAs({ classId })
    } catch (error) {
      if (signal.aborted || toErrorPayload(error).code === 'cancelled') return
      current.value = null
      toastError(error)
    }
  }

  async function receive(
    { paths, files }: DroppedFiles,
    signal: AbortSignal,
  ): Promise<DroppedPictures & { stage: 'ready' }> {
    const folders = new Set(
      paths ? paths.filter(({ isFolder }) => isFolder).map(({ path }) => path) : foldersOf(files),
    )
    if (paths) {
      const given = paths.map(({ path }) => path)
      const source = droppedSource(given, (path) => folders.has(path))
      return { stage: 'ready', ...source, isSent: false, release() {} }
    }
    const total = files.reduce((sum, { file }) => sum + file.size, 0)
    const told = { stage: 'receiving' as const, files: files.length, total }
    current.value = { ...told, done: 0 }
    const handed = await handOver('dataset', files, {
      signal,
      onProgress(done) {
        if (!signal.aborted) current.value = { ...told, done }
      },
    })
    const root = (handed.paths[0] ?? '').slice(0, -((files[0]?.name.length ?? 0) + 1))
    const tops = [...new Set(files.map(({ name }) => name.split('/')[0] as string))]
    const source = droppedSource(
      tops.map((top) => `${root}/${top}`),
      (path) => folders.has(path.slice(root.length + 1)),
    )
    // The folder of an upload has a name that says nothing.
    const name = source.only && source.only.length > 1 ? tops.slice(0, 3).join(', ') : source.name
    return { stage: 'ready', ...source, name, isSent: true, release: () => handed.release() }
  }

  /** @throws as `images.import`; the pictures can be imported otherwise then */
  async function importAs(choices: ImportChoices & { classId?: number }): Promise<void> {
    const ready = current.value
    if (ready?.stage !== 'ready') return
    const { source, only, release } = ready
    const { jobId } = await client.request('images.import', {
      projectId,
      source,
      ...(only ? { only: [...only] } : {}),
      ...choices,
    })
    current.value = null
    // An archive is read until its import has ended; how it ended is told elsewhere.
    void client
      .request('images.importReport', { projectId, jobId })
      .catch(() => undefined)
      .finally(release)
  }

  /** Lets go of them. */
  function cancel(): void {
    attempt.abort()
    attempt = new AbortController()
    if (current.value?.stage === 'ready') current.value.release()
    current.value = null
  }

  onScopeDispose(cancel)
  return { current, begin, importAs, cancel }
}

function foldersOf(files: DroppedFiles['files']): string[] {
  return files.filter(({ name }) => name.includes('/')).map(({ name }) => name.split('/')[0] as string)
}
