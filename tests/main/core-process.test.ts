import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createBirpc } from 'birpc'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
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

it('serves a window over its port, with native dialogs through the main process', async () => {
  tell({ type: 'connect' })
  const rpc = createBirpc<CoreFunctions, ClientFunctions>(
    { event: () => {} },
    { post: (message) => child.send({ wire: message }), on: (listener) => void wireListeners.push(listener) },
  )
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

it('closes in order', async () => {
  tell({ type: 'close' })
  await expect.poll(() => received, { timeout: 20_000 }).toContainEqual({ type: 'closed' })
  child.kill()
  await once(child, 'exit')
})
