import type { PickKind } from '../contract/requests/app.ts'
import type { FoundMedia } from '../core/host/find-media.ts'

/** What the main process asks of the process that core runs in. */
export type MainMessage =
  /** Comes with a MessagePort: one window's wire. */
  | { type: 'connect' }
  | { type: 'media'; id: number; pathname: string }
  | { type: 'open-project'; id: number; path: string }
  | { type: 'picked'; id: number; path: string | null }
  /** Null: it could not be printed, for the reason. */
  | { type: 'printed'; id: number; pdf: Uint8Array | null; reason: string }
  | { type: 'close' }

/** What core's process tells and asks the main process. */
export type CoreMessage =
  | { type: 'ready' }
  | { type: 'media'; id: number; file: FoundMedia | null }
  | { type: 'opened-project'; id: number; projectId: string }
  | { type: 'failed'; id: number; message: string }
  | { type: 'pick'; id: number; kind: PickKind }
  | { type: 'print'; id: number; html: string }
  | { type: 'closed' }

/** Where things are: the main process knows, and hands it to core's process as its one argument. */
export interface Locations {
  dataDir: string
  resourcesDir: string
  /** Of trainer and imaging, as plain files: a Node of its own reads no archive. */
  sourcesDir: string
  /** The Node that runs them. */
  nodePath: string
  version: string
}
