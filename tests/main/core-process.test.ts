import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createBirpc } from 'birpc'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { drawPredictions, makeEvaluatedProject } from '../e2e/evaluated-project.ts'
import type { ClientFunctions, CoreFunctions } from '../../src/contract/wire.ts'
import type { CoreMessage, Locations, MainMessage } from '../../src/main/core-messages.ts'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

let folder: string
let child: ChildProcess
const wireListeners: ((message: unknown) => void)[] = []
const received: CoreMessage[] = []

const tell = (message: MainMessage) => child.send({ main: message })
const answerTo = (id: number) =>
  expect.poll(() => received.find((message) => 'id' in message && message.id === id), { timeout: 20_000 })

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'thaw-core-process-'))
  const locations: Locations = {
    dataDir: join(folder, 'home'),
    resourcesDir: here('../../resources'),
    sourcesDir: here('../../src'),
    nodePath: process.execPath,
    version: '1.2.3',
  }
  child = fork(here('../../src/main/core-process.ts'), [JSON.stringify(locations)], {
    execArgv: ['--import', here('./parent-port.ts')],
    // As between Electron's processes, bytes are bytes.
    serialization: 'advanced',
  })
  child.on('message', (message: { main?: CoreMessage; wire?: unknown }) => {
    if (message.main) received.push(message.main)
    else for (const listener of wireListeners) listener(message.wire)
  })
  await vi.waitFor(() => expect(received).toContainEqual({ type: 'ready' }), { timeout: 30_000 })
})

afterAll(() => {
  child.kill()
  rmSync(folder, { recursive: true, force: true })
})

const connect = () =>
  createBirpc<CoreFunctions, ClientFunctions>(
    { event: () => {} },
    { post: (message) => child.send({ wire: message }), on: (listener) => void wireListeners.push(listener) },
  )

it('serves a window over its port, with native dialogs through the main process', async () => {
  tell({ type: 'connect' })
  const rpc = connect()
  expect(await rpc.request('app.info', {})).toMatchObject({
    ok: true,
    value: { host: 'electron', version: '1.2.3' },
  })

  const picked = rpc.request('app.pickFolder', { kind: 'folder' })
  await expect.poll(() => received).toContainEqual({ type: 'pick', id: 1, kind: 'folder' })
  tell({ type: 'picked', id: 1, path: '/pictures' })
  expect(await picked).toEqual({ ok: true, value: { path: '/pictures' } })

  const made = await rpc.request('projects.create', { path: join(folder, 'one.thaw') })
  expect(made).toMatchObject({ ok: true })
})

it('opens projects and finds media for the main process, and says why not', async () => {
  tell({ type: 'open-project', id: 11, path: join(folder, 'one.thaw') })
  await answerTo(11).toMatchObject({ type: 'opened-project' })
  tell({ type: 'open-project', id: 12, path: join(folder, 'none.thaw') })
  await answerTo(12).toMatchObject({ type: 'failed', message: expect.stringContaining('none.thaw') })
  tell({ type: 'media', id: 13, pathname: '/media/x/../../secret' })
  await answerTo(13).toEqual({ type: 'media', id: 13, file: null })
})

it('has reports printed by the main process, and says why one was not', async () => {
  const path = join(folder, 'evaluated.thaw')
  const predictions = drawPredictions(40, 3, 1)
  const { run: runId } = await makeEvaluatedProject(path, { validation: predictions, test: predictions })
  const rpc = connect()
  const opened = await rpc.request('projects.open', { path })
  if (!opened.ok) throw new Error(opened.error.message)
  const { id: projectId } = opened.value as { id: string }
  const ask = () => rpc.request('reports.run', { projectId, runId, language: 'en', pdf: true })
  const printing = async (place: number) => {
    await expect.poll(() => received.filter(({ type }) => type === 'print').length).toBe(place + 1)
    return received.filter((message) => message.type === 'print')[place]!
  }

  const first = ask()
  const { id, html } = await printing(0)
  tell({ type: 'printed', id, pdf: Buffer.from('%PDF'), reason: '' })
  expect(await first).toMatchObject({ ok: true, value: { html, pdf: btoa('%PDF') } })

  const second = ask()
  tell({ type: 'printed', id: (await printing(1)).id, pdf: null, reason: 'no paper' })
  expect(await second).toMatchObject({ ok: false, error: { code: 'internal' } })
})

it('closes in order', async () => {
  tell({ type: 'close' })
  await expect.poll(() => received, { timeout: 20_000 }).toContainEqual({ type: 'closed' })
  child.kill()
  await once(child, 'exit')
})
