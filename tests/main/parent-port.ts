// Stands in for Electron's `process.parentPort` in a plain Node process, so that core's process can be tested without Electron:
// messages go over the IPC channel, and a window's wire, which cannot, is carried as messages too.
import { EventEmitter } from 'node:events'
import { MessageChannel } from 'node:worker_threads'

const parentPort = Object.assign(new EventEmitter(), {
  postMessage: (message: unknown) => void process.send?.({ main: message }),
})
Object.defineProperty(process, 'parentPort', { value: parentPort })

let page: MessageChannel['port1'] | null = null
process.on('message', (message: { main?: { type: string }; wire?: unknown }) => {
  if (message.wire !== undefined) page?.postMessage(message.wire)
  else if (message.main?.type === 'connect') {
    const { port1, port2 } = new MessageChannel()
    page = port1
    port1.on('message', (data) => process.send?.({ wire: data }))
    const port = Object.assign(new EventEmitter(), {
      postMessage: (data: unknown) => port2.postMessage(data),
      start: () => port2.on('message', (data) => port.emit('message', { data })),
      close: () => port2.close(),
    })
    parentPort.emit('message', { data: message.main, ports: [port] })
  } else parentPort.emit('message', { data: message.main, ports: [] })
})
