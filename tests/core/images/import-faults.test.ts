import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { launchNodeProcess } from '../../../src/core/processes/launch-node-process.ts'
import { jpeg } from '../../fixtures/bad-files.ts'
import { createTestCore, type TestCore } from '../../fixtures/test-core.ts'

const faultyImaging = launchNodeProcess(new URL('../../fixtures/faulty-imaging.ts', import.meta.url))
const tests: TestCore[] = []

afterEach(async () => {
  for (const test of tests.splice(0)) await test.dispose()
})

function open(options: Parameters<typeof createTestCore>[0] = {}): TestCore {
  const test = createTestCore(options)
  tests.push(test)
  return test
}

async function putImages(folder: string, names: readonly string[]): Promise<void> {
  mkdirSync(folder, { recursive: true })
  for (const [index, name] of names.entries()) writeFileSync(join(folder, name), await jpeg(index))
}

describe('an import that fails', () => {
  it('keeps everything when the disk is full, and says so', async () => {
    const { core, folder } = open({ launchImaging: faultyImaging })
    const source = join(folder, 'pictures/a')
    await putImages(source, ['1.jpg', '2.jpg', '3-full.jpg'])
    const { id: projectId } = await core.request('projects.create', { path: join(folder, 'a.thaw') })
    const { jobId } = await core.request('images.import', { projectId, source: join(folder, 'pictures') })
    await expect(core.request('images.importReport', { projectId, jobId })).rejects.toMatchObject({
      code: 'disk-full',
    })
    const { jobs } = await core.request('jobs.list', { projectId })
    expect(jobs).toMatchObject([{ state: 'failed', error: { code: 'disk-full' } }])
    const stats = await core.request('projects.stats', { projectId })
    expect(stats).toMatchObject({ images: 3, labelled: 3, pending: 1 })
    await expect(core.media.pendingThumbnail(projectId, 3)).rejects.toMatchObject({ code: 'disk-full' })
  })

  it('names a file that kills its reader, and imports the others', async () => {
    const { core, folder } = open({ launchImaging: faultyImaging })
    const source = join(folder, 'pictures/a')
    await putImages(source, ['1.jpg', '2-deadly.jpg', '3.jpg', '4.jpg'])
    const { id: projectId } = await core.request('projects.create', { path: join(folder, 'a.thaw') })
    const { jobId } = await core.request('images.import', { projectId, source: join(folder, 'pictures') })
    const report = await core.request('images.importReport', { projectId, jobId })
    expect(report).toMatchObject({
      found: 4,
      imported: 3,
      skipped: [{ path: join(source, '2-deadly.jpg'), reason: 'decoder-crashed' }],
    })
  })

  it('goes on after the whole program was killed, with every label in place', async () => {
    const { core, folder } = open()
    const names = Array.from({ length: 400 }, (_, index) => `${index}.jpg`)
    await putImages(join(folder, 'pictures/a'), names)
    const path = join(folder, 'a.thaw')
    const killed = spawn(
      process.execPath,
      [fileURLToPath(new URL('import-and-wait.ts', import.meta.url)), path, join(folder, 'pictures')],
      { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, TMPDIR: folder } },
    )
    // It prints a line as soon as the import was answered.
    const [line] = (await once(killed.stdout, 'data')) as [Buffer]
    expect(line.toString()).toContain('registered 400')
    killed.kill('SIGKILL')
    await once(killed, 'exit')

    const { id: projectId } = await core.request('projects.open', { path })
    const { images, labelled, pending } = await core.request('projects.stats', { projectId })
    expect({ images, labelled }).toEqual({ images: 400, labelled: 400 })
    expect(pending).toBeGreaterThan(0)
    const { jobs } = await core.request('jobs.list', { projectId })
    const report = await core.request('images.importReport', { projectId, jobId: jobs[0]?.id ?? '' })
    expect(report).toMatchObject({ found: 400, imported: 400, skipped: [] })
    expect(await core.request('projects.stats', { projectId })).toMatchObject({ images: 400, pending: 0 })
  })
})
