import type { MessagePortMain } from 'electron'
import type { Wire } from '../contract/wire.ts'

/** A wire over a MessagePort, on the side of core. */
export function messagePortWire(port: MessagePortMain): Wire {
  return {
    post: (message) => port.postMessage(message),
    onMessage(listener) {
      port.on('message', ({ data }) => listener(data))
      port.start()
    },
    onClose: (listener) => void port.on('close', () => listener()),
    close: () => port.close(),
  }
}
