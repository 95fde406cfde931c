import { stat } from 'node:fs/promises'
import { basename, isAbsolute, resolve } from 'node:path'
import type { WatchedFolder } from '../../contract/entities.ts'
import { AppError } from '../../contract/errors.ts'
import type { CoreContext, Handlers } from '../context.ts'
import { importsOf } from '../images/imports.ts'
import type { FoundFile } from '../importers/walk-folder.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import type { WatchedFolderRow } from '../store/tables/watched-folders.ts'
import { createFolderWatcher, type FolderWatcher, type WatchTimes } from './folder-watcher.ts'
import { unknownFilesOf } from './known-files.ts'
import { countWatchedImages, deleteWatchedRow, listWatchedRows, putWatchedRow } from './watched-rows.ts'

/** Folders whose new files become images by themselves. */
export interface WatchingArea {
  handlers: Handlers<'watching.list' | 'watching.add' | 'watching.remove'>
  /** Ends all looking around. */
  close(): void
}

const usualTimes: WatchTimes = { settle: 1000, rescan: 30_000, retry: 3000 }

export function createWatchingArea(context: CoreContext, times: WatchTimes = usualTimes): WatchingArea {
  const { projects } = context
  const imports = importsOf(context)
  const watchers = new Map<OpenProject, Map<number, FolderWatcher>>()

  function watchersOf(project: OpenProject): Map<number, FolderWatcher> {
    const own = watchers.get(project) ?? new Map<number, FolderWatcher>()
    watchers.set(project, own)
    return own
  }

  function start(project: OpenProject, { id, path, labels_from: labels }: WatchedFolderRow): void {
    const changed = () => context.publish('watching.changed', { projectId: project.id })
    const take = async (files: readonly FoundFile[]): Promise<void> => {
      const { jobId } = await imports.start(
        {
          projectId: project.id,
          source: path,
          format: 'folder',
          only: files.map((file) => file.relativePath),
          storage: 'link',
          labels,
          splitFrom: 'auto',
          crops: false,
          coarse: false,
        },
        'watching',
      )
      const { imported } = await imports.report(project.id, jobId)
      if (imported === 0) return
      countWatchedImages(project, id, imported)
      context.publish('watching.imported', { projectId: project.id, path, images: imported })
      changed()
    }
    watchersOf(project).set(
      id,
      createFolderWatcher({ path, times, unknown: unknownFilesOf(project), take, onState: changed }),
    )
  }

  function stop(project: OpenProject): void {
    // Not waited for: one that imports ends with its import, which is stopped after this.
    for (const watcher of watchers.get(project)?.values() ?? []) void watcher.stop()
    watchers.delete(project)
  }

  function toFolder(project: OpenProject, row: WatchedFolderRow): WatchedFolder {
    const state = watchers.get(project)?.get(row.id)?.state() ?? { kind: 'watching' }
    return {
      id: row.id,
      path: row.path,
      labels: row.labels_from,
      state: state.kind,
      error: state.kind === 'failing' ? state.error : null,
      images: row.images,
      lastImportAt: row.last_import_at,
    }
  }

  const stopOpen = projects.onOpen((project) => {
    for (const row of listWatchedRows(project)) start(project, row)
  })
  projects.onClose(stop)

  return {
    handlers: {
      'watching.list'({ projectId }) {
        const project = projects.get(projectId)
        return { folders: listWatchedRows(project).map((row) => toFolder(project, row)) }
      },
      async 'watching.add'({ projectId, path: given, labels }) {
        const path = await folderAt(given)
        const project = projects.get(projectId)
        if (isWithin(path, project.path)) {
          throw new AppError(
            'import-invalid',
            `${path} is part of the project itself, whose files are none of a person's. Choose another folder.`,
            { path },
          )
        }
        const row = putWatchedRow(project, path, labels)
        const before = watchersOf(project).get(row.id)
        start(project, row)
        void before?.stop()
        context.publish('watching.changed', { projectId })
        return toFolder(project, row)
      },
      'watching.remove'({ projectId, folderId }) {
        const project = projects.get(projectId)
        deleteWatchedRow(project, folderId)
        const watcher = watchersOf(project).get(folderId)
        watchersOf(project).delete(folderId)
        context.publish('watching.changed', { projectId })
        // What it is importing goes on.
        void watcher?.stop()
        return {}
      },
    },
    close() {
      stopOpen()
      for (const project of [...watchers.keys()]) stop(project)
    },
  }
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`) || path.startsWith(`${folder}\\`)
}

/** @throws source-not-found, source-not-a-folder */
async function folderAt(given: string): Promise<string> {
  const path = resolve(given)
  if (!isAbsolute(given)) {
    throw new AppError('source-not-found', `The whole path of a folder is expected; '${given}' came.`, {
      path: given,
    })
  }
  const found = await stat(path).catch((error: unknown) => {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    throw new AppError(
      'source-not-found',
      `There is no folder ${path} (${code}). Give the path of one that is there.`,
      { path, reason: code },
    )
  })
  if (found.isDirectory()) return path
  throw new AppError(
    'source-not-a-folder',
    `${basename(path)} is a file; only a folder can be watched. Give the folder that it is in.`,
    { path },
  )
}
