import { toErrorPayload, type ErrorPayload } from '../../contract/errors.ts'
import { hasImageExtension } from '../importers/folder.ts'
import { walkFolder, type FolderWalk, type FoundFile } from '../importers/walk-folder.ts'
import { createChangeListener } from './change-listener.ts'
import { stampOf } from './known-files.ts'

/** Milliseconds. */
export interface WatchTimes {
  /** A file that has not changed for so long is whole. */
  readonly settle: number
  /** Between looks where the system tells of changes: it may miss some, and it tells nothing of many network drives. */
  readonly rescan: number
  /** Between looks for a folder that is gone, and after a failure. */
  readonly retry: number
}

export type WatcherState = { kind: 'watching' | 'missing' } | { kind: 'failing'; error: ErrorPayload }

export interface FolderWatcherOptions {
  readonly path: string
  readonly times: WatchTimes
  /** Those that the project has not seen. */
  unknown(files: readonly FoundFile[], signal: AbortSignal): Promise<FoundFile[]>
  /** Imports files; the next look waits for it. */
  take(files: readonly FoundFile[]): Promise<void>
  onState(state: WatcherState): void
}

export interface FolderWatcher {
  state(): WatcherState
  /** Ends the looking around; what is being imported goes on. */
  stop(): Promise<void>
}

/** A look at a large folder takes a while: the pause before the next is at least so many times as long. */
const restRatio = 5

/**
 * Looks through a folder when the system tells of a change, and every now and then, and gives the images in it that are new and whole. All
 * that are found by one look come together.
 */
export function createFolderWatcher({
  path,
  times,
  unknown,
  take,
  onState,
}: FolderWatcherOptions): FolderWatcher {
  const stopping = new AbortController()
  let state: WatcherState = { kind: 'watching' }
  const changes = createChangeListener(path, () => {
    isChanged = true
    lookIn(times.settle)
  })
  let timer: NodeJS.Timeout | undefined
  let dueAt = Infinity
  let running: Promise<void> | null = null
  let isChanged = false
  let lookMs = 0
  /** Unknown files of the last look. */
  let seen = new Map<string, string>()

  function setState(next: WatcherState): void {
    const isNews = state.kind !== next.kind
    state = next
    if (isNews && !stopping.signal.aborted) onState(next)
  }

  function lookIn(ms: number): void {
    if (stopping.signal.aborted) return
    const at = performance.now() + Math.max(ms, lookMs * restRatio)
    if (running !== null || at >= dueAt) return
    clearTimeout(timer)
    dueAt = at
    timer = setTimeout(run, at - performance.now())
    timer.unref()
  }

  function run(): void {
    dueAt = Infinity
    isChanged = false
    const startedAt = performance.now()
    running = look()
      .catch((error: unknown) => {
        if (!stopping.signal.aborted) setState({ kind: 'failing', error: toErrorPayload(error) })
        return times.retry
      })
      .then((waitMs) => {
        running = null
        lookMs = performance.now() - startedAt
        lookIn(isChanged ? Math.min(waitMs, times.settle) : waitMs)
      })
  }

  /** @returns after how long to look again */
  async function look(): Promise<number> {
    let walk: FolderWalk
    try {
      walk = await walkFolder(path, { withStats: true })
    } catch {
      changes.close()
      seen.clear()
      setState({ kind: 'missing' })
      return times.retry
    }
    stopping.signal.throwIfAborted()
    const isListening = changes.listen(walk.folders)
    const images = walk.files.filter((file) => file.sizeBytes > 0 && hasImageExtension(file.relativePath))
    const fresh = await unknown(images, stopping.signal)
    const whole = fresh.filter((file) => seen.get(file.path) === stampOf(file))
    seen = new Map(fresh.map((file) => [file.path, stampOf(file)]))
    if (whole.length > 0) await take(whole)
    stopping.signal.throwIfAborted()
    setState({ kind: 'watching' })
    if (fresh.length > whole.length) return times.settle
    return isListening ? times.rescan : times.retry
  }

  run()
  return {
    state: () => state,
    async stop() {
      stopping.abort()
      clearTimeout(timer)
      changes.close()
      await running
    },
  }
}
