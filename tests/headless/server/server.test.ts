import { request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import { connect as tcpConnect } from 'node:net'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createBirpc } from 'birpc'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import type { ClientFunctions, CoreFunctions } from '../../../src/contract/wire.ts'
import { createServer, type Server } from '../../../src/headless/server/create-server.ts'
import { createTestCore, type TestCore } from '../../fixtures/test-core.ts'

const secret = 'this must never be served'

let folder: string
let test: TestCore
let server: Server
let cookie: string

interface Answer {
  status: number
  headers: IncomingHttpHeaders
  body: string
}

/** A request with exactly these headers: fetch would set Host, and clean the path. */
function ask(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port: server.port, path, method, setHost: false, agent: false }
    const request = httpRequest(
      { ...options, headers: { Host: `127.0.0.1:${server.port}`, ...headers } },
      (response) => {
        let body = ''
        response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk))
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
        )
      },
    )
    request.on('error', reject).end()
  })
}

const askWithCookie = (path: string, headers: Record<string, string> = {}) =>
  ask(path, { Cookie: cookie, ...headers })

/** @returns the status that an upgrade was refused with, or 101 */
function upgrade(path: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}${path}`, { headers })
    socket.on('open', () => {
      socket.close()
      resolve(101)
    })
    socket.on('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0))
    socket.on('error', reject)
  })
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'thaw-server-'))
  const rendererFolder = join(folder, 'renderer')
  mkdirSync(join(rendererFolder, 'assets'), { recursive: true })
  writeFileSync(join(rendererFolder, 'index.html'), '<!doctype html><title>Thaw</title>')
  writeFileSync(join(rendererFolder, 'assets', 'index-abc.js'), 'export {}')
  writeFileSync(join(rendererFolder, '.build-hash'), secret)
  writeFileSync(join(folder, 'secret.json'), JSON.stringify(secret))
  symlinkSync(join(folder, 'secret.json'), join(rendererFolder, 'link.json'))
  test = createTestCore()
  server = await createServer({
    core: test.core,
    log: pino({ level: 'silent' }),
    rendererFolder,
    port: 0,
    startAt: '/p/abc/images',
  })
  const { headers } = await ask(`/?token=${server.token}`)
  cookie = headers['set-cookie']?.[0]?.split(';')[0] ?? ''
})

afterAll(async () => {
  await server.close()
  await test.dispose()
  rmSync(folder, { recursive: true, force: true })
})

describe('the token', () => {
  it('has at least 128 bits', () => {
    expect(Buffer.from(server.token, 'base64url').length).toBeGreaterThanOrEqual(16)
  })

  it('is traded for a cookie that no script can read and no other site sends, and leaves the address', async () => {
    const answer = await ask(`/?token=${server.token}`)
    expect(answer.status).toBe(303)
    expect(answer.headers.location).toBe('/#/p/abc/images')
    expect(answer.headers['set-cookie']?.[0]).toMatch(/^thaw-\d+=[\w-]+; HttpOnly; SameSite=Strict; Path=\/$/)
    expect(answer.headers['cache-control']).toBe('no-store')
  })

  it.each(['/', '/assets/index-abc.js', '/media/x/thumbnail/0', '/?token=', '/?token=wrong'])(
    'is asked for at %s',
    async (path) => {
      const answer = await ask(path)
      expect(answer.status).toBe(401)
      expect(answer.body).toContain('thaw serve')
      expect(answer.headers['set-cookie']).toBeUndefined()
    },
  )

  it('must be right in the cookie', async () => {
    const wrong = `${cookie.slice(0, -1)}${cookie.endsWith('A') ? 'B' : 'A'}`
    expect((await ask('/', { Cookie: wrong })).status).toBe(401)
    expect((await ask('/', { Cookie: `other=1; ${cookie}` })).status).toBe(200)
  })
})

describe('the page', () => {
  it('comes under a strict policy', async () => {
    const { status, headers, body } = await askWithCookie('/')
    expect(status).toBe(200)
    expect(body).toContain('<title>Thaw</title>')
    const policy = String(headers['content-security-policy'])
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("script-src 'self' 'wasm-unsafe-eval';")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).not.toContain("'unsafe-eval'")
    expect(headers['x-content-type-options']).toBe('nosniff')
    expect(headers['referrer-policy']).toBe('no-referrer')
    expect(headers['x-frame-options']).toBe('DENY')
    expect(headers['cross-origin-resource-policy']).toBe('same-origin')
  })

  it('caches files named by their content for ever, and the page not at all', async () => {
    expect((await askWithCookie('/assets/index-abc.js')).headers['cache-control']).toContain('immutable')
    expect((await askWithCookie('/')).headers['cache-control']).toBe('no-cache')
  })

  it.each([
    '/../secret.json',
    '/..%2fsecret.json',
    '/%2e%2e/secret.json',
    '/assets/../../secret.json',
    '/assets/..%5c..%5csecret.json',
    '//secret.json/../../secret.json',
    '/link.json',
    '/.build-hash',
    '/%00',
    '/%zz',
    '/media/../../secret.json',
    '/media/%2e%2e%2f%2e%2e/original/secret.json',
    '/C:/secret.json',
  ])('gives nothing for %s', async (path) => {
    const { status, body } = await askWithCookie(path)
    expect(status).toBe(404)
    expect(body).not.toContain(secret)
  })

  it('says that it is not built, and how to build it', async () => {
    const other = await createServer({
      core: test.core,
      log: pino({ level: 'silent' }),
      rendererFolder: join(folder, 'nowhere'),
      port: 0,
    })
    const response = await fetch(other.url, { redirect: 'manual' })
    const page = await fetch(`http://127.0.0.1:${other.port}/`, {
      headers: { Cookie: response.headers.getSetCookie()[0]?.split(';')[0] ?? '' },
    })
    expect(page.status).toBe(503)
    expect(await page.text()).toContain('npm start')
    await other.close()
  })
})

describe('requests from elsewhere', () => {
  it.each([
    'evil.example',
    'evil.example:80',
    '127.0.0.1',
    '127.0.0.1:1',
    '0.0.0.0',
    'localhost.evil.example',
  ])('are refused with Host %s, even with the token', async (host) => {
    expect((await askWithCookie('/', { Host: host })).status).toBe(421)
    expect((await ask(`/?token=${server.token}`, { Host: host })).status).toBe(421)
  })

  it.each(['http://evil.example', 'null', 'http://127.0.0.1:1', 'https://127.0.0.1'])(
    'are refused with Origin %s',
    async (origin) => {
      expect((await askWithCookie('/', { Origin: origin })).status).toBe(403)
    },
  )

  it('are refused as parts of pages of other sites and other ports, and let in as a followed link', async () => {
    expect(
      (await askWithCookie('/', { 'Sec-Fetch-Site': 'same-site', 'Sec-Fetch-Mode': 'no-cors' })).status,
    ).toBe(403)
    expect(
      (await askWithCookie('/', { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'cors' })).status,
    ).toBe(403)
    const link = {
      'Sec-Fetch-Site': 'cross-site',
      'Sec-Fetch-Mode': 'navigate',
      'Sec-Fetch-Dest': 'document',
    }
    expect((await askWithCookie('/', link)).status).toBe(200)
    expect((await askWithCookie('/', { ...link, 'Sec-Fetch-Dest': 'iframe' })).status).toBe(403)
  })

  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])('are refused with %s', async (method) => {
    expect((await ask('/', { Cookie: cookie }, method)).status).toBe(405)
  })

  it('do not reach it from another interface of the machine', async () => {
    const outside = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .find(({ family, internal }) => family === 'IPv4' && !internal)
    // A machine without a network has no such interface, and then there is nothing to refuse.
    if (!outside) return
    const reached = await new Promise<boolean>((resolve) => {
      const socket = tcpConnect({ host: outside.address, port: server.port })
      socket.on('connect', () => resolve(true)).on('error', () => resolve(false))
    })
    expect(reached).toBe(false)
  })
})

describe('the wire', () => {
  const own = () => `http://127.0.0.1:${server.port}`

  it('opens for the own page with the cookie, and for nobody else', async () => {
    expect(await upgrade('/wire', { Cookie: cookie, Origin: own() })).toBe(101)
    expect(await upgrade('/wire', { Origin: own() })).toBe(401)
    expect(await upgrade(`/wire?token=${server.token}`, { Origin: own() })).toBe(401)
    expect(await upgrade('/wire', { Cookie: cookie })).toBe(403)
    expect(await upgrade('/wire', { Cookie: cookie, Origin: 'http://evil.example' })).toBe(403)
    expect(await upgrade('/wire', { Cookie: cookie, Origin: own(), Host: 'evil.example' })).toBe(421)
    expect(await upgrade('/other', { Cookie: cookie, Origin: own() })).toBe(404)
  })

  it('carries requests, their errors, and events', async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}/wire`, {
      headers: { Cookie: cookie, Origin: own() },
    })
    const events: string[] = []
    const rpc = createBirpc<CoreFunctions, ClientFunctions>(
      { event: (name) => void events.push(name) },
      {
        post: (message) => socket.send(JSON.stringify(message)),
        on: (listener) => void socket.on('message', (data) => listener(JSON.parse(String(data)))),
      },
    )
    await new Promise((resolve) => socket.on('open', resolve))
    expect(await rpc.request('app.info', {})).toMatchObject({ ok: true, value: { host: 'memory' } })
    expect(await rpc.request('runs.list', { projectId: 'none' })).toMatchObject({
      ok: false,
      error: { code: 'project-not-found' },
    })
    await rpc.request('app.updateSettings', { theme: 'dark' })
    await expect.poll(() => events).toContain('settings.changed')
    socket.close()
  })

  it('closes at a message that is no JSON object', async () => {
    for (const message of ['not json', '[1]', '3']) {
      const socket = new WebSocket(`ws://127.0.0.1:${server.port}/wire`, {
        headers: { Cookie: cookie, Origin: own() },
      })
      socket.on('open', () => socket.send(message))
      const code = await new Promise((resolve) => socket.on('close', resolve))
      expect(code).toBe(1007)
    }
  })
})

describe('a taken port', () => {
  it('is an error that says what to do', async () => {
    const options = {
      core: test.core,
      log: pino({ level: 'silent' }),
      rendererFolder: folder,
      port: server.port,
    }
    await expect(createServer(options)).rejects.toMatchObject({ code: 'invalid-input' })
    await expect(createServer(options)).rejects.toThrow(/--port/)
  })
})
