import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { MessageChannel, type MessagePort } from 'node:worker_threads'
import { WebSocket, WebSocketServer } from 'ws'
import type { Wire } from '../../src/contract/wire.ts'
import { webSocketWire } from '../../src/headless/server/web-socket-wire.ts'

/** The two ends of a channel: core is served on one, a client holds the other. */
export interface WirePair {
  server: Wire
  client: Wire
  dispose(): Promise<void>
}

/** Values as JSON would carry them, one turn later. */
export function memoryWires(): WirePair {
  const closeListeners: (() => void)[] = []
  const close = () => closeListeners.splice(0).forEach((listener) => listener())
  const ends = [new Set<(message: unknown) => void>(), new Set<(message: unknown) => void>()] as const
  const end = (own: 0 | 1, other: 0 | 1): Wire => ({
    post(message) {
      const text = JSON.stringify(message)
      setImmediate(() => ends[other].forEach((listener) => listener(JSON.parse(text))))
    },
    onMessage: (listener) => void ends[own].add(listener),
    onClose: (listener) => void closeListeners.push(listener),
    close,
  })
  return { server: end(0, 1), client: end(1, 0), dispose: async () => close() }
}

export function messagePortWires(): WirePair {
  const { port1, port2 } = new MessageChannel()
  const wire = (port: MessagePort): Wire => ({
    post: (message) => port.postMessage(message),
    onMessage: (listener) => void port.on('message', listener),
    onClose: (listener) => void port.on('close', listener),
    close: () => port.close(),
  })
  return { server: wire(port1), client: wire(port2), dispose: async () => port1.close() }
}

export async function webSocketWires(): Promise<WirePair> {
  const http = createServer()
  const sockets = new WebSocketServer({ server: http })
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  const accepted = once(sockets, 'connection') as Promise<[WebSocket]>
  const clientSocket = new WebSocket(`ws://127.0.0.1:${(http.address() as AddressInfo).port}`)
  const [[serverSocket]] = await Promise.all([accepted, once(clientSocket, 'open')])
  return {
    server: webSocketWire(serverSocket),
    client: webSocketWire(clientSocket),
    async dispose() {
      clientSocket.terminate()
      sockets.close()
      http.close()
      await once(http, 'close')
    },
  }
}
