import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

type Answer = (request: IncomingMessage, response: ServerResponse) => void

/** A publisher on this machine that behaves as its test says. */
export interface PublisherServer {
  origin: string
  /** What was asked for: the path, with the range that was wanted. */
  asked: string[]
  /** The answers to come, one each; the last one for all that follow. */
  answer(...answers: Answer[]): void
  close(): Promise<void>
}

export async function startPublisher(): Promise<PublisherServer> {
  let answers: Answer[] = [notFound]
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push([request.url, request.headers.range].filter(Boolean).join(' '))
    const answer = answers.length > 1 ? answers.shift() : answers[0]
    answer?.(request, response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    answer(...next) {
      answers = next
      asked.length = 0
    },
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** The first byte that is asked for. */
function offsetOf(request: IncomingMessage): number {
  return Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0)
}

/** An honest server, which goes on in the middle when it is asked to. */
export function whole(file: Uint8Array): Answer {
  return upTo(file, file.length)
}

/** Promises all of the file and cuts the connection when `bytes` of it have been sent. */
export function upTo(file: Uint8Array, bytes: number): Answer {
  return (request, response) => {
    const offset = offsetOf(request)
    if (offset >= file.length) {
      response.writeHead(416, { 'content-range': `bytes */${file.length}` }).end()
      return
    }
    const headers = { 'content-length': file.length - offset }
    if (offset === 0) response.writeHead(200, headers)
    else {
      const range = `bytes ${offset}-${file.length - 1}/${file.length}`
      response.writeHead(206, { ...headers, 'content-range': range })
    }
    const part = file.subarray(offset, Math.max(offset, bytes))
    if (bytes >= file.length) response.end(part)
    // What the other side has not read when the connection is cut is lost there: it gets the time to.
    else response.write(part, () => setTimeout(() => response.destroy(), 400))
  }
}

/** Begins at the first byte whatever it is asked for, and says nothing of the length. */
export function wholeWithoutLength(file: Uint8Array): Answer {
  return (_request, response) => {
    response.writeHead(200)
    response.end(file)
  }
}

/** Says another length than it sends. */
export function withLength(file: Uint8Array, length: number): Answer {
  return (_request, response) => {
    response.writeHead(200, { 'content-length': length })
    response.write(file, () => setTimeout(() => response.destroy(), 20))
  }
}

/** Begins, and then says nothing any more. */
export function stalling(file: Uint8Array, bytes: number): Answer {
  return (_request, response) => {
    response.writeHead(200, { 'content-length': file.length })
    response.write(file.subarray(0, bytes))
  }
}

export function redirect(location: string): Answer {
  return (_request, response) => void response.writeHead(302, { location }).end()
}

export function notFound(_request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(404, { 'content-type': 'text/html' }).end('<h1>not here</h1>')
}
