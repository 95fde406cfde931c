import { AppError } from '../../../contract/errors.ts'

export interface SendOptions {
  readonly body?: Blob
  readonly signal?: AbortSignal
  /** Bytes of the body that were sent. */
  readonly onProgress?: (done: number) => void
}

export interface RequestAnswer {
  readonly status: number
  readonly text: string
}

/**
 * One request to the server that this page came from. Unlike `fetch` it tells how much of a body was sent.
 *
 * @throws AppError 'connection-lost' where no answer came, 'cancelled' by the signal
 */
export function sendRequest(
  method: string,
  address: string,
  { body, signal, onProgress }: SendOptions = {},
): Promise<RequestAnswer> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(cancelled())
    const request = new XMLHttpRequest()
    const abort = (): void => request.abort()
    const settle = (answer: () => void) => (): void => {
      signal?.removeEventListener('abort', abort)
      answer()
    }
    signal?.addEventListener('abort', abort, { once: true })
    request.upload.onprogress = ({ loaded }) => onProgress?.(loaded)
    request.onload = settle(() => resolve({ status: request.status, text: request.responseText }))
    request.onabort = settle(() => reject(cancelled()))
    request.onerror = settle(() => reject(lost()))
    request.open(method, address)
    request.send(body)
  })
}

function cancelled(): AppError {
  return new AppError('cancelled', 'Sending was cancelled; what was sent is deleted.')
}

function lost(): AppError {
  return new AppError(
    'connection-lost',
    'The connection to Thaw was lost before the file was whole. Send it again.',
  )
}
