import { onTestFinished, vi } from 'vitest'
import { AppError, toErrorPayload } from '../../../src/contract/errors.ts'

/** A server that takes uploads, as the page sees it. */
export interface FakeHost {
  /** What was asked, in order: `PUT model.json`. */
  readonly asked: string[]
  /** Names that are kept, by upload. */
  readonly kept: Map<string, string[]>
  /** Of the next answers; 'lost': there is none. */
  fault: AppError | 'lost' | 'page' | null
  /** Called in the middle of each file. */
  whileSending: () => void
}

/** Stands in for the network below a page, which has `XMLHttpRequest` alone to send files with progress. */
export function fakeHost(): FakeHost {
  const host: FakeHost = { asked: [], kept: new Map(), fault: null, whileSending: () => undefined }
  let begun = 0

  function answer(method: string, address: URL, body?: Blob): { status: number; text: string } {
    const id = address.pathname.split('/')[2] ?? ''
    const name = address.searchParams.get('name') ?? ''
    host.asked.push(`${method} ${name || id || address.search}`)
    if (host.fault === 'page') return { status: 401, text: '<!doctype html>' }
    if (host.fault instanceof AppError) {
      return { status: 413, text: JSON.stringify(toErrorPayload(host.fault)) }
    }
    if (method === 'POST') {
      host.kept.set(`upload${++begun}`, [])
      return { status: 201, text: JSON.stringify({ id: `upload${begun}` }) }
    }
    if (method === 'PUT') {
      host.kept.get(id)?.push(`${name} (${body?.size})`)
      return { status: 201, text: JSON.stringify({ path: `/home/uploads/${id}/${name}` }) }
    }
    host.kept.delete(id)
    return { status: 204, text: '' }
  }

  class PageRequest {
    upload: { onprogress: (event: { loaded: number }) => void } = { onprogress: () => undefined }
    onload = () => undefined
    onabort = () => undefined
    onerror = () => undefined
    status = 0
    responseText = ''
    #method = ''
    #address = new URL('http://127.0.0.1')
    #aborted = false
    open(method: string, address: string) {
      this.#method = method
      this.#address = new URL(address, 'http://127.0.0.1')
    }
    abort() {
      this.#aborted = true
      this.onabort()
    }
    send(body?: Blob) {
      void Promise.resolve().then(() => {
        if (body) {
          this.upload.onprogress({ loaded: body.size / 2 })
          host.whileSending()
        }
        if (this.#aborted) return
        if (host.fault === 'lost') return this.onerror()
        const { status, text } = answer(this.#method, this.#address, body)
        this.status = status
        this.responseText = text
        this.onload()
      })
    }
  }

  vi.stubGlobal('window', {})
  vi.stubGlobal('XMLHttpRequest', PageRequest)
  onTestFinished(() => void vi.unstubAllGlobals())
  return host
}

/** A file of that many bytes, without holding them. */
export function givenFile(name: string, size = 4, type = '') {
  const file = new File([new Uint8Array(Math.min(size, 1000))], name.slice(name.lastIndexOf('/') + 1), {
    type,
  })
  if (size > 1000) Object.defineProperty(file, 'size', { value: size })
  return { file, name }
}
