import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { AppError } from '../../contract/errors.ts'
import type { DownloadableWeights } from '../../models/backbone.ts'
import { openAddress } from './open-address.ts'

/** How patient a download is. */
export interface DownloadLimits {
  /** So long the publisher may say nothing. */
  readonly silenceMs: number
  /** So often a connection is made in all, where it is cut on the way. */
  readonly attempts: number
  readonly betweenAttemptsMs: number
}

export const downloadLimits: DownloadLimits = { silenceMs: 30_000, attempts: 5, betweenAttemptsMs: 1000 }

export interface FileDownload {
  readonly source: Pick<DownloadableWeights, 'url' | 'hash' | 'bytes'>
  /** Where the file will be once it is whole and has its hash; until then it is beside it, as `partialPath` names it. */
  readonly path: string
  /** More is not taken, where the publisher does not tell the size. */
  readonly maximumBytes: number
  readonly signal: AbortSignal
  /** What a person can do where it fails, as the end of a sentence. */
  readonly otherwise: string
  /** Bytes that are here, and how many there will be; 0: not known. */
  readonly onProgress: (done: number, total: number) => void
  readonly limits?: DownloadLimits
}

/** What has come of a file; the next download goes on from its end. */
export function partialPath(path: string): string {
  return `${path}.partial`
}

/**
 * Fetches a publisher's file, going on where an earlier download of it ended, and checks its hash.
 *
 * @throws AppError 'download-failed' where it cannot be reached, is not there, stalls or is cut again and again: what has come stays;
 *   'download-invalid' where it is longer than it may be, or its hash is another: it is deleted; 'cancelled'
 */
export async function downloadFile(download: FileDownload): Promise<void> {
  const { source, path, signal, otherwise } = download
  const address = new URL(source.url)
  const partial = partialPath(path)
  await mkdir(dirname(path), { recursive: true })
  try {
    if ((await sizeOf(path)) > 0) {
      if ((await hashOf(path, source.hash)).agrees) return
      await rm(path)
    }
    const resumed = (await sizeOf(partial)) > 0
    await receive(download, address, partial)
    let hash = await hashOf(partial, source.hash)
    if (!hash.agrees && resumed) {
      // The earlier part may be of another file, or have been damaged since.
      await rm(partial)
      await receive(download, address, partial)
      hash = await hashOf(partial, source.hash)
    }
    signal.throwIfAborted()
    if (!hash.agrees) {
      await rm(partial)
      throw invalid(address, hash.expected, hash.received, otherwise)
    }
    await rename(partial, path)
    signal.throwIfAborted()
  } catch (error) {
    throw signal.aborted ? cancelled() : error
  }
}

/** Until the partial file is as long as the publisher says. */
async function receive(download: FileDownload, address: URL, partial: string): Promise<void> {
  const { signal, otherwise, limits = downloadLimits } = download
  const before = await sizeOf(partial)
  for (let attempt = 1; ; attempt++) {
    try {
      if (await receiveOnce(download, address, partial)) return
    } catch (error) {
      if (signal.aborted || error instanceof AppError || isOfTheDisk(error)) throw error
      const here = await sizeOf(partial)
      // Where nothing has come, waiting a second does not help.
      if (here <= before && attempt === 1) throw unreachable(address, error, otherwise)
      if (attempt >= limits.attempts) throw cut(address, here, error, otherwise)
    }
    await wait(limits.betweenAttemptsMs, undefined, { signal })
  }
}

/** @returns whether the file is whole; false: the part that is here does not fit, is gone, and another attempt is due */
async function receiveOnce(
  { source, maximumBytes, signal, otherwise, onProgress, limits = downloadLimits }: FileDownload,
  address: URL,
  partial: string,
): Promise<boolean> {
  const offset = await sizeOf(partial)
  if (source.bytes !== undefined && offset === source.bytes) return true
  const answer = await openAddress(address, { offset, silenceMs: limits.silenceMs, signal, otherwise })
  try {
    const status = answer.statusCode ?? 0
    const range = /^bytes (?:(\d+)-\d+|\*)\/(\d+|\*)$/.exec(answer.headers['content-range'] ?? '')
    const wholeLength = range?.[2] === undefined || range[2] === '*' ? undefined : Number(range[2])
    if (status === 416 && offset > 0) {
      if (wholeLength === offset) return true
      await rm(partial)
      return false
    }
    if (status === 206 && Number(range?.[1]) !== offset) {
      await rm(partial, { force: true })
      return false
    }
    if (status !== 200 && status !== 206) throw notThere(address, status, otherwise)
    // 200: the publisher does not go on in the middle, and sends all of it.
    const start = status === 206 ? offset : 0
    const length = Number(answer.headers['content-length'] ?? NaN)
    const told = wholeLength ?? (Number.isSafeInteger(length) ? start + length : undefined)
    const most = source.bytes ?? maximumBytes
    const wrongLength = async (received: number) => {
      await rm(partial, { force: true })
      const expected = source.bytes === undefined ? `at most ${most} bytes` : `${most} bytes`
      return invalid(address, expected, `${received} bytes`, otherwise)
    }
    if (told !== undefined && (source.bytes === undefined ? told > most : told !== most)) {
      throw await wrongLength(told)
    }
    const total = told ?? source.bytes
    let done = start
    const file = await open(partial, start === 0 ? 'w' : 'a')
    try {
      onProgress(done, total ?? 0)
      for await (const chunk of answer as AsyncIterable<Uint8Array>) {
        done += chunk.length
        if (done > most) throw await wrongLength(done)
        await file.appendFile(chunk)
        onProgress(done, total ?? 0)
      }
      await file.sync()
    } finally {
      await file.close()
    }
    if (total !== undefined && done < total) throw new Error(`it ended after ${done} of ${total} bytes`)
    return true
  } finally {
    answer.destroy()
  }
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0
    throw error
  }
}

async function hashOf(
  path: string,
  published: DownloadableWeights['hash'],
): Promise<{ agrees: boolean; expected: string; received: string }> {
  const [name, expected] =
    'md5' in published ? (['md5', published.md5] as const) : (['sha256', published.sha256Prefix] as const)
  const hash = createHash(name)
  await pipeline(createReadStream(path), hash)
  const received = hash.digest('hex')
  const shown = name === 'md5' ? 'MD5' : 'SHA-256'
  return {
    agrees: received.startsWith(expected),
    expected: `${shown} ${expected}${expected.length < received.length ? '…' : ''}`,
    received: `${shown} ${received}`,
  }
}

function isOfTheDisk(error: unknown): boolean {
  return (
    error instanceof Error && 'syscall' in error && ['open', 'write', 'fsync'].includes(String(error.syscall))
  )
}

function cancelled(): AppError {
  return new AppError(
    'cancelled',
    'The download was cancelled; what has come is kept, and the next download goes on from there.',
  )
}

function unreachable(address: URL, error: unknown, otherwise: string): AppError {
  const reason = reasonOf(error)
  return new AppError(
    'download-failed',
    `Could not reach ${address.href}: ${reason}. Check the connection, and the proxy in HTTPS_PROXY; or ${otherwise}.`,
    { address: address.href, reason },
  )
}

function cut(address: URL, here: number, error: unknown, otherwise: string): AppError {
  const reason = reasonOf(error)
  return new AppError(
    'download-failed',
    `The connection to ${address.href} was cut again and again: ${reason}. The ${here} bytes that have come are kept; download it again to go on from there, or ${otherwise}.`,
    { address: address.href, reason, receivedBytes: here },
  )
}

function notThere(address: URL, status: number, otherwise: string): AppError {
  const reason = `HTTP ${status}`
  return new AppError(
    'download-failed',
    `${address.href} should answer with a file; the answer was ${reason}. Try again later, or ${otherwise}.`,
    { address: address.href, reason, status },
  )
}

function invalid(address: URL, expected: string, received: string, otherwise: string): AppError {
  return new AppError(
    'download-invalid',
    `The file of ${address.href} should have ${expected}; it has ${received}. It was damaged on its way, or is another one, and was deleted; nothing was installed. Try again later, or ${otherwise}.`,
    { address: address.href, expected, received },
  )
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  // Of several addresses of one name, each has failed for a reason of its own.
  const inner = error instanceof AggregateError ? (error.errors[0] as Error) : error
  return inner.message
}
