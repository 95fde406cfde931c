import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { uploadsBase } from '../../../src/contract/uploads.ts'
import { createUploads, type Uploads } from '../../../src/core/uploads/uploads.ts'
import { createServer, type Server } from '../../../src/headless/server/create-server.ts'
import { createTestCore, type TestCore } from '../../fixtures/test-core.ts'

const mostBytes = 300_000

let test: TestCore
let uploads: Uploads
let server: Server
let cookie: string
let id: string

interface Answer {
  status: number
  body: { id?: string; path?: string; code?: string; message?: string }
}

const own = () => ({ Cookie: cookie, Origin: `http://127.0.0.1:${server.port}` })

/** Sends a request as the server's own page does, with other headers where a test says so. */
function send(
  method: string,
  path: string,
  content: Buffer | null = null,
  headers: Record<string, string> = own(),
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port: server.port, path, method, agent: false, headers }
    const request = httpRequest(options, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
      response.on('end', () => {
        const isJson = response.headers['content-type']?.startsWith('application/json') ?? false
        const body = isJson ? (JSON.parse(text) as Answer['body']) : {}
        resolve({ status: response.statusCode ?? 0, body })
      })
    })
    request.on('error', reject)
    if (content) request.setHeader('Content-Length', content.length)
    request.end(content)
  })
}

/** A file whose size is not told before its bytes. */
function chunkedRequest(name: string, onAnswer: (response: IncomingMessage) => void): ClientRequest {
  const options = { host: '127.0.0.1', port: server.port, path: file(name), method: 'PUT', agent: false }
  return httpRequest({ ...options, headers: { ...own(), 'Transfer-Encoding': 'chunked' } }, onAnswer)
}

const file = (name: string) => `${uploadsBase}/${id}?name=${encodeURIComponent(name)}`
/** Everything that is kept, but the upload's own folder. */
function kept(): string[] {
  const folder = join(test.folder, 'home', 'uploads')
  const names = existsSync(folder) ? readdirSync(folder, { recursive: true }).map(String) : []
  return names.filter((name) => /[\\/]/.test(name)).map((name) => name.replace(/^[^\\/]+[\\/]/, ''))
}

beforeAll(async () => {
  test = createTestCore()
  const limits = { files: 10, bytes: mostBytes }
  uploads = createUploads(
    { dataDir: join(test.folder, 'home') },
    { limits: { weights: limits, images: limits, dataset: limits } },
  )
  server = await createServer({
    core: { ...test.core, uploads },
    log: pino({ level: 'silent' }),
    rendererFolder: test.folder,
    port: 0,
  })
  const entry = await fetch(server.url, { redirect: 'manual' })
  cookie = entry.headers.getSetCookie()[0]?.split(';')[0] ?? ''
})
afterAll(async () => {
  await server.close()
  await test.dispose()
})
beforeEach(async () => {
  await uploads.close()
  const begun = await send('POST', `${uploadsBase}?kind=weights`)
  expect(begun.status).toBe(201)
  id = begun.body.id ?? ''
})

describe('an upload by the page', () => {
  it('gives paths for what it sends, and deletes the files when it ends', async () => {
    const content = Buffer.alloc(200_000, 'weights')
    const sent = await send('PUT', file('模型/model.json'), content)
    expect(sent.status).toBe(201)
    expect(sent.body.path).toMatch(/模型.model\.json$/)
    expect(readFileSync(sent.body.path ?? '')).toEqual(content)
    expect((await send('DELETE', `${uploadsBase}/${id}`)).status).toBe(204)
    expect(kept()).toEqual([])
    expect(await send('PUT', file('late'), content)).toMatchObject({
      status: 404,
      body: { code: 'upload-not-found' },
    })
  })

  it('may come bit by bit, without its size told', async () => {
    const { status, path } = await new Promise<{ status?: number; path: string }>((resolve, reject) => {
      const request = chunkedRequest('slow', (response) => {
        let text = ''
        response.on('data', (chunk: Buffer) => (text += chunk.toString()))
        response.on('end', () => resolve({ status: response.statusCode, ...JSON.parse(text) }))
      })
      request.on('error', reject)
      request.write('first ')
      setTimeout(() => request.end('last'), 50)
    })
    expect(status).toBe(201)
    expect(readFileSync(path, 'utf8')).toBe('first last')
  })
})

describe('what is refused', () => {
  it.each([
    ['without the token', () => ({ Origin: own().Origin }), 401],
    ['with a wrong one', () => ({ ...own(), Cookie: `${cookie.slice(0, -2)}xx` }), 401],
    ['by another site', () => ({ ...own(), Origin: 'http://evil.example' }), 403],
    ['by no page', () => ({ Cookie: cookie }), 403],
    ['under another name', () => ({ ...own(), Host: 'evil.example' }), 421],
  ])('%s: every way to send, and nothing is written', async (_name, headers, status) => {
    const content = Buffer.from('bytes')
    expect((await send('POST', `${uploadsBase}?kind=images`, null, headers())).status).toBe(status)
    expect((await send('PUT', file('file'), content, headers())).status).toBe(status)
    expect((await send('DELETE', `${uploadsBase}/${id}`, null, headers())).status).toBe(status)
    expect(kept()).toEqual([])
    // It is still there.
    expect((await send('PUT', file('file'), content)).status).toBe(201)
  })

  it('to be read: what was sent is not given back', async () => {
    await send('PUT', file('file'), Buffer.from('bytes'))
    expect((await send('GET', file('file'))).status).toBe(405)
    expect((await send('GET', `${uploadsBase}/${id}/file`)).status).toBe(405)
  })

  it('a file that is too large, by what is told of it and by what comes', async () => {
    const content = Buffer.alloc(mostBytes + 1)
    const refused = { status: 413, body: { code: 'upload-too-large' } }
    const told = await send('PUT', file('large'), content)
    expect(told).toMatchObject(refused)
    expect(told.body.message).toMatch(/at most 300000 bytes at once; 300001 bytes came/)
    const streamed = new Promise<number | undefined>((resolve, reject) => {
      const request = chunkedRequest('large', (response) => resolve(response.resume().statusCode))
      request.on('error', reject).end(content)
    })
    expect(await streamed).toBe(413)
    expect(kept()).toEqual([])
  })

  it.each(['../../settings.json', '/etc/passwd', ''])('a file named %j', async (name) => {
    expect(await send('PUT', file(name), Buffer.from('x'))).toMatchObject({
      status: 400,
      body: { code: 'invalid-input' },
    })
    expect(kept()).toEqual([])
  })

  it('another kind of upload', async () => {
    expect(await send('POST', `${uploadsBase}?kind=programs`)).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining('weights, images') },
    })
  })
})

it('deletes what came over a connection that was cut', async () => {
  const options = { host: '127.0.0.1', port: server.port, path: file('cut'), method: 'PUT', agent: false }
  const request = httpRequest({ ...options, headers: { ...own(), 'Content-Length': '200000' } })
  request.on('error', () => undefined)
  request.write(Buffer.alloc(50_000))
  await vi.waitFor(() => expect(kept()).toEqual(['cut']))
  request.destroy()
  await vi.waitFor(() => expect(kept()).toEqual([]))
  expect((await send('PUT', file('cut'), Buffer.alloc(200_000))).status).toBe(201)
})
