import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { BrowserWindow, nativeTheme, type MessagePortMain, type Session, type WebContents } from 'electron'
import { wirePortMessage, wirePortWantedMessage } from '../contract/wire.ts'
import { isAppAddress, startPage } from './protocol.ts'

/** Of the rights that pages can ask for the app's own page gets the camera, when a person takes pictures; nobody gets any other. */
export function confinePermissions(session: Session): void {
  session.setPermissionRequestHandler((_contents, permission, answer, details) => {
    const kinds = 'mediaTypes' in details ? (details.mediaTypes ?? []) : []
    const isCamera = permission === 'media' && kinds.length > 0 && kinds.every((kind) => kind === 'video')
    answer(isCamera && details.isMainFrame && isAppAddress(details.requestingUrl))
  })
  session.setPermissionCheckHandler(
    (_contents, permission, origin, details) =>
      permission === 'media' && details.mediaType === 'video' && isAppAddress(origin),
  )
  session.setDevicePermissionHandler(() => false)
}

/** Whatever contents appear: they stay at the app's own pages, open no windows and embed nothing. */
export function confineContents(contents: WebContents): void {
  contents.setWindowOpenHandler(() => ({ action: 'deny' }))
  contents.on('will-navigate', (event) => {
    if (!isAppAddress(event.url)) event.preventDefault()
  })
  contents.on('will-redirect', (event) => event.preventDefault())
  contents.on('will-attach-webview', (event) => event.preventDefault())
}

const opened = new Set<BrowserWindow>()

/** The windows that people see; one that prints is none. */
export function shownWindows(): BrowserWindow[] {
  return [...opened]
}

/**
 * Opens the window. Its page gets a wire when it asks for one, and again after a reload.
 *
 * @param route the part of the address after '#'
 */
export function openWindow(options: {
  connect: () => MessagePortMain
  route: string
  resourcesDir: string
}): BrowserWindow {
  const window = new BrowserWindow({
    width: 1280,
    height: 840,
    minWidth: 720,
    minHeight: 520,
    show: false,
    title: 'Thaw',
    backgroundColor: nativeTheme.shouldUseDarkColors ? '#0f1720' : '#f7f9fb',
    // Elsewhere the package has it.
    icon: process.platform === 'linux' ? join(options.resourcesDir, 'icons', '256x256.png') : undefined,
    webPreferences: {
      preload: fileURLToPath(new URL('../preload/preload.cjs', import.meta.url)),
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webviewTag: false,
      spellcheck: false,
    },
  })
  opened.add(window)
  window.once('closed', () => opened.delete(window))
  window.once('ready-to-show', () => window.show())
  window.webContents.ipc.on(wirePortWantedMessage, (event) => {
    const frame = event.senderFrame
    if (!frame || frame !== window.webContents.mainFrame || !isAppAddress(frame.url)) return
    window.webContents.postMessage(wirePortMessage, null, [options.connect()])
  })
  void window.loadURL(pageAt(options.route))
  return window
}

/** The address of a page of the interface. */
export function pageAt(route: string): string {
  return `${startPage}#${route}`
}
