import type { EventEmitter } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { wirePortMessage, wirePortWantedMessage } from '../../src/contract/wire.ts'
import { menuTemplate } from '../../src/main/menu.ts'
import { shellLabels } from '../../src/main/menu-labels.ts'
import { projectArgument } from '../../src/main/project-argument.ts'

interface FakeContents {
  ipc: EventEmitter
  mainFrame: { url: string }
  posted: unknown[]
}

/** What the modules under test ask of Electron, recorded. */
const electron = vi.hoisted(() => ({
  schemes: [] as unknown[],
  handler: null as ((request: Request) => Promise<Response>) | null,
  printed: [] as {
    options: { webPreferences?: object }
    document: string
    asked: object
    destroyed: boolean
  }[],
  windows: [] as { options: { webPreferences?: object }; contents: FakeContents; url: string }[],
}))

vi.mock('electron', async () => {
  const { EventEmitter } = await import('node:events')
  const { readFileSync } = await import('node:fs')
  class BrowserWindow extends EventEmitter {
    webContents = Object.assign(new EventEmitter(), {
      ipc: new EventEmitter(),
      mainFrame: { url: 'thaw://app/index.html' },
      posted: [] as unknown[],
      postMessage(...message: unknown[]) {
        this.posted.push(message)
      },
    })
    options: { webPreferences?: object }
    constructor(options: { webPreferences?: object }) {
      super()
      this.options = options
    }
    loadURL(url: string) {
      electron.windows.push({ options: this.options, contents: this.webContents, url })
      return Promise.resolve()
    }
    loadFile(path: string) {
      const printed = {
        options: this.options,
        document: readFileSync(path, 'utf8'),
        asked: {},
        destroyed: false,
      }
      electron.printed.push(printed)
      Object.assign(this.webContents, {
        printToPDF: (asked: object) => {
          printed.asked = asked
          return Promise.resolve(Buffer.from('%PDF-1.7'))
        },
      })
      return Promise.resolve()
    }
    destroy() {
      const last = electron.printed.at(-1)
      if (last) last.destroyed = true
    }
    show() {}
  }
  return {
    BrowserWindow,
    nativeTheme: { shouldUseDarkColors: false },
    net: { fetch: async (url: string) => new Response((await import('node:fs')).readFileSync(new URL(url))) },
    protocol: {
      registerSchemesAsPrivileged: (schemes: unknown[]) => electron.schemes.push(...schemes),
      handle: (_scheme: string, handler: (request: Request) => Promise<Response>) =>
        (electron.handler = handler),
    },
  }
})

const { confineContents, confinePermissions, openWindow, pageAt } = await import('../../src/main/window.ts')
const { printToPdf } = await import('../../src/main/print-to-pdf.ts')
const { registerScheme, serveScheme } = await import('../../src/main/protocol.ts')

describe('the window', () => {
  beforeEach(() => void (electron.windows.length = 0))

  it('is sandboxed, isolated and without Node', () => {
    openWindow({ connect: () => ({}) as never, route: '/p/1/images', resourcesDir: '/r' })
    const [window] = electron.windows
    expect(window?.url).toBe('thaw://app/index.html#/p/1/images')
    expect(window?.options.webPreferences).toMatchObject({
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webviewTag: false,
    })
  })

  it('gets a port when its own page asks, each time a new one, and no other frame does', () => {
    let ports = 0
    openWindow({ connect: () => ({ port: ++ports }) as never, route: '/', resourcesDir: '/r' })
    const { contents } = electron.windows[0]!
    const ask = (senderFrame: unknown) => contents.ipc.emit(wirePortWantedMessage, { senderFrame })
    ask(contents.mainFrame)
    ask(contents.mainFrame)
    ask({ url: 'thaw://app/index.html' })
    ask(null)
    contents.mainFrame.url = 'https://evil.example/'
    ask(contents.mainFrame)
    expect(contents.posted).toEqual([
      [wirePortMessage, null, [{ port: 1 }]],
      [wirePortMessage, null, [{ port: 2 }]],
    ])
  })

  it('goes nowhere, opens nothing, embeds nothing', () => {
    const listeners = new Map<string, (event: { url: string; preventDefault: () => void }) => void>()
    let opener: ((details: { url: string }) => unknown) | null = null
    confineContents({
      on: (name: string, listener: never) => listeners.set(name, listener),
      setWindowOpenHandler: (handler: never) => (opener = handler),
    } as never)
    const prevented = (name: string, url: string) => {
      let stopped = false
      listeners.get(name)?.({ url, preventDefault: () => (stopped = true) })
      return stopped
    }
    for (const url of [
      'https://example.invalid/',
      'file:///etc/passwd',
      'thaw://other/',
      'data:text/html,x',
    ]) {
      expect(prevented('will-navigate', url), url).toBe(true)
    }
    expect(prevented('will-navigate', pageAt('/'))).toBe(false)
    expect(prevented('will-redirect', pageAt('/'))).toBe(true)
    expect(prevented('will-attach-webview', '')).toBe(true)
    expect(opener!({ url: pageAt('/') })).toEqual({ action: 'deny' })
  })

  it('gives its own page the camera and nothing else, and no other page anything', () => {
    type Answer = (granted: boolean) => void
    let ask: (contents: unknown, name: string, answer: Answer, details: object) => void = () => {}
    let check: (contents: unknown, name: string, origin: string, details: object) => boolean = () => true
    let device = () => true
    confinePermissions({
      setPermissionRequestHandler: (handler: typeof ask) => (ask = handler),
      setPermissionCheckHandler: (handler: typeof check) => (check = handler),
      setDevicePermissionHandler: (handler: () => boolean) => (device = handler),
    } as never)
    const asked = (name: string, details: object) => {
      let answered = null as boolean | null
      ask({}, name, (granted) => (answered = granted), {
        isMainFrame: true,
        requestingUrl: 'thaw://app/index.html',
        ...details,
      })
      return answered
    }
    expect(asked('media', { mediaTypes: ['video'] })).toBe(true)
    expect(asked('media', { mediaTypes: ['audio'] })).toBe(false)
    expect(asked('media', { mediaTypes: ['video', 'audio'] })).toBe(false)
    expect(asked('media', { mediaTypes: [] })).toBe(false)
    expect(asked('media', { mediaTypes: ['video'], isMainFrame: false })).toBe(false)
    expect(asked('media', { mediaTypes: ['video'], requestingUrl: 'https://evil.example/' })).toBe(false)
    expect(['geolocation', 'notifications'].map((name) => asked(name, {}))).toEqual([false, false])
    expect(check({}, 'media', 'thaw://app/', { mediaType: 'video' })).toBe(true)
    expect(check({}, 'media', 'thaw://app/', { mediaType: 'audio' })).toBe(false)
    expect(check({}, 'media', 'https://evil.example/', { mediaType: 'video' })).toBe(false)
    expect(check({}, 'notifications', 'thaw://app/', {})).toBe(false)
    expect(device()).toBe(false)
  })
})

describe('thaw://app', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'thaw-scheme-'))
    mkdirSync(join(folder, 'renderer'))
    writeFileSync(join(folder, 'renderer', 'index.html'), 'page')
    writeFileSync(join(folder, 'secret.json'), 'secret')
    writeFileSync(join(folder, 'picture'), 'bytes')
    registerScheme()
    serveScheme({
      rendererFolder: join(folder, 'renderer'),
      media: (pathname) =>
        Promise.resolve(
          pathname === '/media/p/thumbnail/1'
            ? {
                path: join(folder, 'picture'),
                contentType: 'image/jpeg',
                sizeBytes: 5,
                caching: 'immutable',
                tag: '1',
              }
            : null,
        ),
    })
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  const ask = (url: string, method = 'GET') => electron.handler!(new Request(url, { method }))

  it('is a secure scheme with an origin', () => {
    expect(electron.schemes).toMatchObject([{ scheme: 'thaw', privileges: { standard: true, secure: true } }])
  })

  it('serves the page under the same policy as a browser gets', async () => {
    const response = await ask(pageAt('/'))
    expect(await response.text()).toBe('page')
    expect(response.headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; script-src 'self' 'wasm-unsafe-eval';/,
    )
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
  })

  it('serves media that core names', async () => {
    const response = await ask('thaw://app/media/p/thumbnail/1')
    expect(await response.text()).toBe('bytes')
    expect(response.headers.get('content-type')).toBe('image/jpeg')
    expect((await ask('thaw://app/media/p/thumbnail/2')).status).toBe(404)
  })

  it.each(['thaw://app/..%2fsecret.json', 'thaw://app/%2e%2e/secret.json', 'thaw://app/nothing.js'])(
    'has nothing at %s',
    async (url) => expect((await ask(url)).status).toBe(404),
  )

  it('answers no other host and no other method', async () => {
    expect((await ask('thaw://other/index.html')).status).toBe(403)
    expect((await ask('thaw://app/index.html', 'POST')).status).toBe(403)
  })
})

describe('the menu', () => {
  it('has the same entries in both languages, and opens projects', () => {
    const opened: string[] = []
    const actions = { showStartPage: () => opened.push('start'), openProject: () => opened.push('project') }
    for (const platform of ['linux', 'darwin', 'win32'] as const) {
      const english = menuTemplate(shellLabels('en-US'), actions, { platform, developer: false })
      const chinese = menuTemplate(shellLabels('zh-CN'), actions, { platform, developer: false })
      const labels = (template: typeof english) =>
        template.flatMap((menu) => [
          menu.label,
          ...(menu.submenu as typeof english).map((item) => item.label),
        ])
      expect(labels(chinese)).toHaveLength(labels(english).length)
      const untranslated = labels(chinese).filter((label, index) => label && label === labels(english)[index])
      expect(untranslated.filter((label) => label !== 'Thaw')).toEqual([])
      expect(JSON.stringify(english)).not.toContain('toggleDevTools')
      const items = english.flatMap((menu) => menu.submenu as typeof english)
      items.find((item) => item.accelerator === 'CmdOrCtrl+O')?.click?.({} as never, undefined, {} as never)
    }
    expect(opened).toEqual(['project', 'project', 'project'])
  })
})

it('finds the project that a command line names', () => {
  expect(projectArgument(['electron', '.', '/a/b.thaw'], '/w')).toBe('/a/b.thaw')
  expect(projectArgument(['thaw', 'b.thaw/'], '/w')).toBe('/w/b.thaw')
  expect(projectArgument(['thaw', '--x=b.thaw', '.'], '/w')).toBeNull()
})

describe('a report', () => {
  it('is printed on A4 by a window that nobody sees and that runs no script', async () => {
    const html = '<!doctype html><title>Report</title>'
    expect(Buffer.from(await printToPdf(html)).toString()).toBe('%PDF-1.7')
    expect(electron.printed).toMatchObject([
      {
        options: {
          show: false,
          webPreferences: { javascript: false, sandbox: true, nodeIntegration: false },
        },
        document: html,
        asked: { pageSize: 'A4', printBackground: true },
        destroyed: true,
      },
    ])
  })
})
