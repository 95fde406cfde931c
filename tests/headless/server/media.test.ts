import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pino } from 'pino'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Image, Project } from '../../../src/contract/entities.ts'
import { mediaBase, originalUrl, thumbnailUrl } from '../../../src/contract/media.ts'
import { createServer, type Server } from '../../../src/headless/server/create-server.ts'
import { createTestCore, type TestCore } from '../../fixtures/test-core.ts'

let test: TestCore
let server: Server
let project: Project
let image: Image
let headers: Record<string, string>
let original: Buffer

const get = (path: string, more: Record<string, string> = {}) =>
  fetch(`http://127.0.0.1:${server.port}${path}`, { headers: { ...headers, ...more } })

beforeAll(async () => {
  test = createTestCore()
  const pictures = join(test.folder, 'pictures')
  mkdirSync(pictures)
  original = await sharp({ create: { width: 600, height: 400, channels: 3, background: '#4a9fd8' } })
    .jpeg()
    .toBuffer()
  writeFileSync(join(pictures, 'one.jpg'), original)
  project = await test.core.request('projects.create', { path: join(test.folder, 'media.thaw') })
  const projectId = project.id
  const { jobId } = await test.core.request('images.import', { projectId, source: pictures })
  await test.core.request('images.importReport', { projectId, jobId })
  const { ids } = await test.core.request('images.ids', { projectId })
  image = (await test.core.request('images.get', { projectId, ids })).images[0]!
  server = await createServer({
    core: test.core,
    log: pino({ level: 'silent' }),
    rendererFolder: test.folder,
    port: 0,
  })
  const entry = await fetch(server.url, { redirect: 'manual' })
  headers = { Cookie: entry.headers.getSetCookie()[0]?.split(';')[0] ?? '' }
})

afterAll(async () => {
  await server.close()
  await test.dispose()
})

it('serves a thumbnail by hash, to be kept for ever', async () => {
  const response = await get(thumbnailUrl(project.id, image))
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toBe('image/jpeg')
  expect(response.headers.get('cache-control')).toContain('immutable')
  expect(response.headers.get('content-security-policy')).toContain("default-src 'none'")
  const { width } = await sharp(Buffer.from(await response.arrayBuffer())).metadata()
  expect(width).toBe(256)
  const etag = response.headers.get('etag') ?? ''
  expect((await get(thumbnailUrl(project.id, image), { 'If-None-Match': etag })).status).toBe(304)
})

it('serves by id without keeping', async () => {
  const response = await get(thumbnailUrl(project.id, { id: image.id, sha256: null }))
  expect(response.status).toBe(200)
  expect(response.headers.get('cache-control')).toBe('no-store')
})

it('serves the original bytes', async () => {
  const response = await get(originalUrl(project.id, image.sha256!))
  expect(Buffer.from(await response.arrayBuffer()).equals(original)).toBe(true)
  expect(response.headers.get('content-type')).toBe('image/jpeg')
})

it('has nothing for what is no image of an open project', async () => {
  const unknown = '0'.repeat(64)
  for (const path of [
    thumbnailUrl(project.id, { id: 1, sha256: unknown }),
    originalUrl(project.id, unknown),
    originalUrl('other', image.sha256!),
    thumbnailUrl(project.id, { id: 999, sha256: null }),
    `${mediaBase}/${project.id}/original/..%2f..%2fproject.sqlite`,
    `${mediaBase}/${project.id}/thumbnail/${image.sha256!.toUpperCase()}`,
    `${mediaBase}/${project.id}`,
  ]) {
    expect((await get(path)).status, path).toBe(404)
  }
})
