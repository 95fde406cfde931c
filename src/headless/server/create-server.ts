import { createServer as createHttpServer } from 'node:http'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { getRequestListener } from '@hono/node-server'
import { WebSocketServer } from 'ws'
import { AppError } from '../../contract/errors.ts'
import type { Core } from '../../core/create-core.ts'
import type { CoreOptions } from '../../core/context.ts'
import { serve as serveCore } from '../../core/serve.ts'
import { createApp } from './app.ts'
import { createToken, hasToken, refusalOf, type RequestHead } from './request-checks.ts'
import { webSocketWire } from './web-socket-wire.ts'

export interface ServerOptions {
  core: Core
  log: CoreOptions['log']
  /** `out/renderer`. */
  rendererFolder: string
  /** 0: a free one. */
  port: number
  /** The part of the address after '#' that the interface starts at, such as `/p/<projectId>/images`. */
  startAt?: string
}

export interface Server {
  port: number
  /** With the token: whoever has it has the projects. */
  url: string
  token: string
  close(): Promise<void>
}

const largestMessageBytes = 16 * 1024 * 1024
const heartbeatMs = 30_000

/**
 * The whole interface on 127.0.0.1: page, media, uploads and wire, for who has this launch's token.
 *
 * @throws AppError 'invalid-input' where the port is taken or not allowed
 */
export async function createServer(options: ServerOptions): Promise<Server> {
  const token = createToken()
  // A large file may take long on its way; the route of uploads has a limit of its own.
  const http = createHttpServer({ maxHeaderSize: 16 * 1024, headersTimeout: 30_000, requestTimeout: 0 })
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: largestMessageBytes,
    perMessageDeflate: false,
  })
  const port = await listen(http, options.port)
  const app = createApp({ ...options, token, port })
  const listener = getRequestListener(app.fetch, { overrideGlobalObjects: false })
  http.on('request', (request, response) => void listener(request, response))

  http.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy())
    const requestHead = headOf(request)
    const refusal =
      refusalOf(requestHead, port, 'upgrade') ??
      (hasToken(requestHead, token, port) ? null : { status: 401 as const, reason: 'The token is missing.' })
    if (refusal) return refuseUpgrade(socket, refusal.status)
    if (requestHead.url !== '/wire') return refuseUpgrade(socket, 404)
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      let alive = true
      webSocket.on('pong', () => (alive = true))
      webSocket.on('error', (error) =>
        options.log.warn({ error: error.message }, 'a client connection failed'),
      )
      // A laptop that slept, a browser that was killed: without it such a client would hold its subscription for hours.
      const heartbeat = setInterval(() => {
        if (!alive) return webSocket.terminate()
        alive = false
        webSocket.ping()
      }, heartbeatMs)
      webSocket.on('close', () => clearInterval(heartbeat))
      serveCore(options.core, webSocketWire(webSocket), options.log)
    })
  })

  return {
    port,
    token,
    url: `http://127.0.0.1:${port}/?token=${token}`,
    async close() {
      for (const client of sockets.clients) client.close(1001, 'the server is closing')
      const closed = new Promise<void>((resolve) => http.close(() => resolve()))
      http.closeIdleConnections()
      const cutOff = setTimeout(() => {
        for (const client of sockets.clients) client.terminate()
        http.closeAllConnections()
      }, 500)
      await closed
      clearTimeout(cutOff)
    },
  }
}

async function listen(http: ReturnType<typeof createHttpServer>, port: number): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  http.once('error', reject)
  http.listen({ host: '127.0.0.1', port, exclusive: true }, resolve)
  try {
    await promise
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const why =
      code === 'EADDRINUSE' ? 'another program uses it' : code === 'EACCES' ? 'it is not allowed' : message
    throw new AppError(
      'invalid-input',
      `Expected port ${port} of 127.0.0.1 to be free, but ${why}. Name another with --port, or none for a free one.`,
      { port },
    )
  }
  http.removeListener('error', reject)
  return (http.address() as AddressInfo).port
}

function headOf(request: IncomingMessage): RequestHead {
  return {
    method: request.method ?? '',
    url: request.url ?? '',
    header(name) {
      const value = request.headers[name]
      return Array.isArray(value) ? value.join(', ') : value
    },
  }
}

function refuseUpgrade(socket: Duplex, status: number): void {
  socket.end(`HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}
