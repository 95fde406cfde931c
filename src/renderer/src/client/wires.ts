import { wirePortMessage, wirePortWantedMessage, type Wire } from '../../../contract/wire.ts'

const firstRetryMs = 250
const lastRetryMs = 5000

/** Connects by WebSocket to the server this page came from, again and again. Messages are JSON text. */
export function connectWebSocket(onWire: (wire: Wire) => void): void {
  let retryMs = firstRetryMs
  const address = new URL('/wire', window.location.href)
  address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:'
  address.hash = ''
  const token = new URLSearchParams(window.location.search).get('token')
  if (token) address.searchParams.set('token', token)

  function open(): void {
    const socket = new WebSocket(address)
    const messageListeners: ((message: unknown) => void)[] = []
    const closeListeners: (() => void)[] = []
    socket.addEventListener('open', () => {
      retryMs = firstRetryMs
      onWire({
        post: (message) => socket.send(JSON.stringify(message)),
        onMessage: (listener) => void messageListeners.push(listener),
        onClose: (listener) => void closeListeners.push(listener),
        close: () => socket.close(),
      })
    })
    socket.addEventListener('message', (event: MessageEvent<string>) => {
      const message: unknown = JSON.parse(event.data)
      for (const listener of messageListeners) listener(message)
    })
    socket.addEventListener('close', () => {
      for (const listener of closeListeners) listener()
      setTimeout(open, retryMs)
      retryMs = Math.min(retryMs * 2, lastRetryMs)
    })
  }
  open()
}

/** Takes the MessagePorts that Electron's preload hands over: one now, and one after each restart of core. */
export function connectMessagePort(onWire: (wire: Wire) => void): void {
  let closeCurrent: (() => void) | null = null
  window.addEventListener('message', (event) => {
    const port = event.ports[0]
    if (event.source !== window || event.data !== wirePortMessage || !port) return
    closeCurrent?.()
    const messageListeners: ((message: unknown) => void)[] = []
    const closeListeners: (() => void)[] = []
    port.addEventListener('message', ({ data }) => {
      for (const listener of messageListeners) listener(data)
    })
    const closed = () => {
      for (const listener of closeListeners.splice(0)) listener()
    }
    port.addEventListener('close', closed)
    closeCurrent = closed
    port.start()
    onWire({
      post: (message) => port.postMessage(message),
      onMessage: (listener) => void messageListeners.push(listener),
      onClose: (listener) => void closeListeners.push(listener),
      close: () => port.close(),
    })
  })
  window.postMessage(wirePortWantedMessage, window.location.origin)
}

/** The wire of the host that shows this page. */
export function connectHost(onWire: (wire: Wire) => void): void {
  if (window.location.protocol.startsWith('http')) connectWebSocket(onWire)
  else connectMessagePort(onWire)
}
