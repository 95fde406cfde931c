import { EventEmitter } from 'node:events'
import { beforeAll, expect, it, vi } from 'vitest'
import { droppedPathsKey, type DroppedPaths } from '../../src/contract/dropped-paths.ts'
import { wirePortMessage, wirePortWantedMessage } from '../../src/contract/wire.ts'

/** What preload asks of Electron, recorded. */
const electron = vi.hoisted(() => ({
  exposed: new Map<string, unknown>(),
  sent: [] as unknown[],
  receive: (() => undefined) as (event: object) => void,
}))
vi.mock('electron', () => ({
  contextBridge: { exposeInMainWorld: (key: string, value: unknown) => electron.exposed.set(key, value) },
  ipcRenderer: {
    send: (message: unknown) => electron.sent.push(message),
    on: (name: string, listener: (event: object) => void) => {
      if (name === wirePortMessage) electron.receive = listener
    },
  },
  webUtils: { getPathForFile: (file: File) => (file.name === 'model.h5' ? '/weights/model.h5' : '') },
}))

const posted: unknown[] = []
const listeners = new EventEmitter()
const page = {
  addEventListener: (name: string, listener: (event: object) => void) => listeners.on(name, listener),
  postMessage: (...message: unknown[]) => posted.push(message),
  location: { origin: 'thaw://app' },
}

beforeAll(async () => {
  vi.stubGlobal('window', page)
  await import('../../src/preload/preload.ts')
})

it('fetches a port when its own page asks, and passes it on', () => {
  listeners.emit('message', { source: {}, data: wirePortWantedMessage })
  listeners.emit('message', { source: page, data: 'something else' })
  expect(electron.sent).toEqual([])
  listeners.emit('message', { source: page, data: wirePortWantedMessage })
  expect(electron.sent).toEqual([wirePortWantedMessage])
  const port = {}
  electron.receive({ ports: [port] })
  expect(posted).toEqual([[wirePortMessage, 'thaw://app', [port]]])
})

it('tells the page where a dropped file is, and gives it nothing else', () => {
  expect([...electron.exposed.keys()]).toEqual([droppedPathsKey])
  const offered = electron.exposed.get(droppedPathsKey) as DroppedPaths
  expect(Object.keys(offered)).toEqual(['pathOf'])
  expect(offered.pathOf(new File([], 'model.h5'))).toBe('/weights/model.h5')
  expect(offered.pathOf(new File([], 'of-a-page.png'))).toBe('')
})
