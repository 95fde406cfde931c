// Hands one MessagePort to the page, and nothing else. The page posts `wirePortWantedMessage` to itself once it listens; the
// main process answers with a port to core, which is passed on as `wirePortMessage`. A port cannot cross the context bridge,
// but a message of the window carries one. There is no `window.thaw`: requests and events all go over the port.
import { ipcRenderer } from 'electron'
import { wirePortMessage, wirePortWantedMessage } from '../contract/wire.ts'

window.addEventListener('message', (event) => {
  if (event.source === window && event.data === wirePortWantedMessage) ipcRenderer.send(wirePortWantedMessage)
})
ipcRenderer.on(wirePortMessage, (event) => {
  const [port] = event.ports
  if (port) window.postMessage(wirePortMessage, window.location.origin, [port])
})
