import { randomBytes } from 'node:crypto'
import { mkdir, open, rm } from 'node:fs/promises'
import { dirname, isAbsolute, join, relative, sep } from 'node:path'
import type { Readable } from 'node:stream'
import { AppError } from '../../contract/errors.ts'
import {
  checkUploadLimits,
  uploadLimits,
  type UploadKind,
  type UploadLimits,
} from '../../contract/uploads.ts'
import type { CoreContext } from '../context.ts'
import { makeOwnFolder, removeAbandonedFolders } from '../store/own-folder.ts'
import { toAppError } from '../store/to-app-error.ts'

/**
 * Files whose bytes a page sends because it knows no paths: each upload is a folder in the data folder, there until the page ends the
 * upload, a while after its last file where it does not, and at the latest until core closes.
 */
export interface Uploads {
  /** @returns its id, which cannot be guessed. @throws AppError 'disk-full', 'permission-denied' */
  begin(kind: UploadKind): string
  /**
   * Takes one file to its end. What came of a file that was cut off, or that is too much, is deleted.
   *
   * @param name of the file, or its path below what was dropped, with slashes
   * @param content not destroyed where it is refused
   * @param sizeBytes as told before its bytes; null: not told
   * @returns its path
   * @throws AppError 'upload-not-found', 'upload-too-large', 'invalid-input' where the name cannot be a file's, 'cancelled' where the
  X   */
  receive(id: string, name: string, content: Readable, sizeBytes: number | null): Promise<string>
  /** Deletes its files; one that is not there has ended already. */
  end(id: string): Promise<void>
  /** Ends all. */
  close(): Promise<void>
}

export interface UploadsOptions {
  readonly limits?: Readonly<Record<UploadKind, UploadLimits>>
  /** So long after its last file an upload is ended whose page is gone. */
  readonly idleMs?: number
}

interface Upload {
  readonly folder: string
  readonly limits: UploadLimits
  readonly ended: AbortController
  /** What is being received. */
  readonly receiving: Set<Promise<string>>
  files: number
  bytes: number
  expiry: NodeJS.Timeout
}

const hourMs = 3_600_000
const folderPrefix = 'upload-'
const idBytes = 16
const mostSegments = 8
const longestSegmentBytes = 200

/** The folder of all uploads. */
function uploadsFolder(dataDir: string): string {
  return join(dataDir, 'uploads')
}

/** Whether a folder is that of one upload: its name means nothing to people. */
export function isUploadFolder(dataDir: string, folder: string): boolean {
  return dirname(folder) === uploadsFolder(dataDir)
}

/** The folder of the upload that a path lies in, or is; null: it is elsewhere. */
export function uploadFolderOf(dataDir: string, path: string): string | null {
  const parts = relative(uploadsFolder(dataDir), path).split(sep)
  const [name] = parts
  return name === undefined || name === '' || name === '..' || isAbsolute(name)
    ? null
    : join(uploadsFolder(dataDir), name)
}

/** Deletes what processes that died have left of their uploads. */
export function createUploads(
  { dataDir }: Pick<CoreContext, 'dataDir'>,
  { limits = uploadLimits, idleMs = hourMs }: UploadsOptions = {},
): Uploads {
  const parent = uploadsFolder(dataDir)
  const uploads = new Map<string, Upload>()
  removeAbandonedFolders(parent, folderPrefix)

  function find(id: string): Upload {
    const upload = uploads.get(id)
    if (upload) return upload
    throw new AppError(
      'upload-not-found',
      'The upload that this file belongs to has ended, and its files were deleted. Drop or choose the files once more.',
    )
  }

  const expire = (id: string) => setTimeout(() => void end(id), idleMs).unref()

  async function end(id: string): Promise<void> {
    const upload = uploads.get(id)
    if (!upload) return
    uploads.delete(id)
    clearTimeout(upload.expiry)
    upload.ended.abort()
    await Promise.allSettled(upload.receiving)
    await rm(upload.folder, { recursive: true, force: true })
  }

  async function write(
    upload: Upload,
    name: string,
    content: Readable,
    sizeBytes: number | null,
  ): Promise<string> {
    const path = join(upload.folder, ...segmentsOf(name))
    checkUploadLimits(upload.limits, upload.files + 1, upload.bytes + (sizeBytes ?? 0))
    upload.files += 1
    let received = 0
    const stop = (): void => void content.destroy(ended())
    upload.ended.signal.addEventListener('abort', stop, { once: true })
    try {
      await mkdir(dirname(path), { recursive: true })
      const file = await open(path, 'wx')
      try {
        // A stream that is destroyed takes the connection with it, and then no answer could say why.
        for await (const chunk of content.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
          received += chunk.length
          upload.bytes += chunk.length
          checkUploadLimits(upload.limits, upload.files, upload.bytes)
          await file.appendFile(chunk)
        }
        if (sizeBytes !== null && received !== sizeBytes) throw cutOff(name, sizeBytes, received)
      } catch (error) {
        await file.close()
        await rm(path, { force: true })
        throw error
      }
      await file.close()
      return path
    } catch (error) {
      upload.files -= 1
      upload.bytes -= received
      if (error instanceof Error && 'code' in error && error.code === 'EEXIST') throw twice(name)
      if (content.errored && !(error instanceof AppError)) throw cutOff(name, sizeBytes, received)
      throw toAppError(error, parent)
    } finally {
      upload.ended.signal.removeEventListener('abort', stop)
    }
  }

  return {
    begin(kind) {
      const id = randomBytes(idBytes).toString('base64url')
      try {
        uploads.set(id, {
          folder: makeOwnFolder(parent, folderPrefix),
          limits: limits[kind],
          ended: new AbortController(),
          receiving: new Set(),
          files: 0,
          bytes: 0,
          expiry: expire(id),
        })
      } catch (error) {
        throw toAppError(error, parent)
      }
      return id
    },
    async receive(id, name, content, sizeBytes) {
      const upload = find(id)
      clearTimeout(upload.expiry)
      const work = write(upload, name, content, sizeBytes)
      upload.receiving.add(work)
      try {
        return await work
      } finally {
        upload.receiving.delete(work)
        if (upload.receiving.size === 0 && !upload.ended.signal.aborted) upload.expiry = expire(id)
      }
    },
    end,
    async close() {
      await Promise.all([...uploads.keys()].map(end))
    },
  }
}

/** @throws AppError 'invalid-input' where the name could lead out of the upload's folder, or is none that every disk takes */
function segmentsOf(name: string): string[] {
  const segments = name.split('/')
  const isSafe = (segment: string): boolean =>
    segment !== '' &&
    segment !== '.' &&
    segment !== '..' &&
    !/[\\:\u0000-\u001f]/.test(segment) &&
    Buffer.byteLength(segment) <= longestSegmentBytes
  if (segments.length <= mostSegments && segments.every(isSafe)) return segments
  throw new AppError(
    'invalid-input',
    `The name of a file is expected, of at most ${longestSegmentBytes} bytes, with up to ${mostSegments - 1} folders before it; '${name}' came. Rename the file.`,
    { name },
  )
}

function cutOff(name: string, sizeBytes: number | null, receivedBytes: number): AppError {
  const expected = sizeBytes === null ? 'all bytes' : `${sizeBytes} bytes`
  return new AppError(
    'connection-lost',
    `${expected} of '${name}' are expected; the connection was cut after ${receivedBytes}. What came was deleted. Send it again.`,
    { name, expected, received: `${receivedBytes} bytes` },
  )
}

function twice(name: string): AppError {
  return new AppError(
    'invalid-input',
    `The files of one upload need names of their own; '${name}' came twice. Rename one.`,
    { name },
  )
}

function ended(): AppError {
  return new AppError('cancelled', 'The upload was ended before this file was whole.')
}
