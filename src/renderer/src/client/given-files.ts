import { AppError, fromErrorPayload, type ErrorPayload } from '../../../contract/errors.ts'
import { droppedPathsKey, type DroppedPaths } from '../../../contract/dropped-paths.ts'
import {
  checkUploadLimits,
  uploadBegunSchema,
  uploadedFileSchema,
  uploadLimits,
  uploadsBase,
  type UploadKind,
} from '../../../contract/uploads.ts'
import { base64Of } from './base64-of.ts'
import { useClient } from './index.ts'
import { sendRequest, type RequestAnswer, type SendOptions } from './send-request.ts'

/** A file that a person dropped or chose. */
export interface GivenFile {
  readonly file: File
  /** Its name, or its path below the place that was dropped, with slashes. */
  readonly name: string
}

/** Files that core can read. */
export interface HandedFiles {
  /** Absolute, in the order of the files. */
  readonly paths: readonly string[]
  /** To be called once core has read them: what was sent for it is deleted. */
  release(): void
}

export interface HandOverOptions {
  readonly signal?: AbortSignal
  /** Bytes that were sent, and how many there are. */
  readonly onProgress?: (done: number, total: number) => void
}

/**
 * Makes files that a person gave readable for core, for requests that take paths: in Electron they are where they are, but for pictures that
 * are on no disk, whose bytes go over the wire; a browser's page knows no paths and sends the bytes to the server it came from.
 *
 * @param kind what they are for, which limits how much is sent
 * @throws AppError 'upload-too-large', 'source-not-found' where one that is no picture is on no disk, 'disk-full', 'permission-denied',
 *   'connection-lost', 'cancelled' by the signal
 */
export async function handOver(
  kind: UploadKind,
  files: readonly GivenFile[],
  options: HandOverOptions = {},
): Promise<HandedFiles> {
  const host = pathHost()
  return host ? locate(host, kind, files) : upload(kind, files, options)
}

/** Who tells the paths of files, in Electron. */
export function pathHost(): DroppedPaths | undefined {
  return (window as { [droppedPathsKey]?: DroppedPaths })[droppedPathsKey]
}

async function locate(
  host: DroppedPaths,
  kind: UploadKind,
  files: readonly GivenFile[],
): Promise<HandedFiles> {
  const sent: string[] = []
  const release = (): void => {
    for (const id of sent)
      void useClient()
        .request('uploads.end', { id })
        .catch(() => undefined)
  }
  try {
    const paths: string[] = []
    for (const { file, name } of files) {
      const path = host.pathOf(file)
      if (path !== '') paths.push(path)
      else if (kind !== 'images') throw onNoDisk(name)
      else {
        const bytes = await base64Of(file)
        const { id, path: written } = await useClient().request('uploads.put', { name, bytes })
        sent.push(id)
        paths.push(written)
      }
    }
    return { paths, release }
  } catch (error) {
    release()
    throw error
  }
}

function onNoDisk(name: string): AppError {
  return new AppError(
    'source-not-found',
    `A file of this computer is expected; '${name}' came out of another program and is on no disk. Save it, and drop the saved file.`,
    { name },
  )
}

async function upload(
  kind: UploadKind,
  files: readonly GivenFile[],
  { signal, onProgress }: HandOverOptions,
): Promise<HandedFiles> {
  const total = files.reduce((sum, { file }) => sum + file.size, 0)
  // The server checks them too, but a connection that it cuts off could not say why.
  checkUploadLimits(uploadLimits[kind], files.length, total)
  const ask = async (method: string, address: string, options: SendOptions = {}): Promise<unknown> =>
    valueOf(await sendRequest(method, address, { signal, ...options }))
  const { id } = uploadBegunSchema.parse(await ask('POST', `${uploadsBase}?kind=${kind}`))
  const address = `${uploadsBase}/${id}`
  // Where it fails, the server deletes the files by itself later.
  const release = (): void => void sendRequest('DELETE', address).catch(() => undefined)
  try {
    const paths: string[] = []
    let before = 0
    for (const { file, name } of files) {
      const start = before
      const sent = await ask('PUT', `${address}?name=${encodeURIComponent(name)}`, {
        body: file,
        onProgress: (done) => onProgress?.(start + done, total),
      })
      paths.push(uploadedFileSchema.parse(sent).path)
      before += file.size
    }
    return { paths, release }
  } catch (error) {
    release()
    throw error
  }
}

function valueOf({ status, text }: RequestAnswer): unknown {
  if (status === 204) return undefined
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    // A page that says that the key is of an earlier launch.
    throw new AppError(
      'connection-lost',
      `The server should have taken the file; it answered with HTTP ${status}. Load the page again.`,
      { status },
    )
  }
  if (status < 400) return value
  throw fromErrorPayload(value as ErrorPayload)
}
