// Hands one MessagePort to the page, and tells it the paths of files that a person dropped or chose; nothing else. The page posts
// `wirePortWantedMessage` to itself once it listens; the main process answers with a port to core, which is passed on as
// `wirePortMessage`. A port cannot cross the context bridge, but a message of the window carries one. Requests and events all go over
// the port.
import { contextBridge, ipcRenderer, webUtils } from 'electron'
import { droppedPathsKey, type DroppedPaths } from '../contract/dropped-paths.ts'
import { wirePortMessage, wirePortWantedMessage } from '../contract/wire.ts'

window.addEventListener('message', (event) => {
  if (event.source === window && event.data === wirePortWantedMessage) ipcRenderer.send(wirePortWantedMessage)
})
ipcRenderer.on(wirePortMessage, (event) => {
  const [port] = event.ports
  if (port) window.postMessage(wirePortMessage, window.location.origin, [port])
})

// Only of a `File` that the page was given: a page cannot make one of a path.
const droppedPaths: DroppedPaths = { pathOf: (file) => webUtils.getPathForFile(file as File) }
contextBridge.exposeInMainWorld(droppedPathsKey, droppedPaths)
