import { appendFileSync, mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { picture } from '../../fixtures/bad-files.ts'
import { createTestCore, type TestCore } from '../../fixtures/test-core.ts'

let test: TestCore
let folder: string
let project: string
let projectId: string

beforeEach(async () => {
  test = createTestCore()
  folder = join(test.folder, 'incoming')
  project = join(test.folder, 'a.thaw')
  mkdirSync(folder)
  projectId = (await test.core.request('projects.create', { path: project })).id
})
afterEach(() => test.dispose())

async function put(relativePath: string, seed: number): Promise<string> {
  const path = join(folder, relativePath)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, await picture(seed).png().toBuffer())
  return path
}

async function watchFolder(labels: 'folder' | 'none' = 'folder') {
  return test.core.request('watching.add', { projectId, path: folder, labels })
}

async function watched() {
  return (await test.core.request('watching.list', { projectId })).folders
}

/** `[relative path, class]` of every image. */
async function labels(): Promise<[string, string | null][]> {
  const { ids } = await test.core.request('images.ids', { projectId })
  const { images } = await test.core.request('images.get', { projectId, ids })
  const { classes } = await test.core.request('classes.list', { projectId })
  return images.map(({ relativePath, classId }) => [
    relativePath,
    classes.find(({ id }) => id === classId)?.name ?? null,
  ])
}

const soon = { timeout: 15_000, interval: 100 }

describe('watched folders', () => {
  it('bring in what is there, and each file that comes later, with the class of its folder', async () => {
    await put('cats/1.png', 1)
    await watchFolder()
    await vi.waitFor(async () => expect(await labels()).toEqual([['cats/1.png', 'cats']]), soon)

    await put('dogs/deep/2.png', 2)
    await vi.waitFor(async () => expect(await labels()).toHaveLength(2), soon)
    expect(await labels()).toEqual([
      ['cats/1.png', 'cats'],
      ['dogs/deep/2.png', 'dogs'],
    ])
    await vi.waitFor(
      async () => expect(await watched()).toMatchObject([{ images: 2, state: 'watching' }]),
      soon,
    )
    expect(test.events.filter(({ name }) => name === 'watching.imported')).toMatchObject([
      { payload: { path: folder, images: 1 } },
      { payload: { path: folder, images: 1 } },
    ])
  })

  it('take a file when it is whole, and several of one look as one entry of the history', async () => {
    await watchFolder('none')
    const bytes = await picture(3).png().toBuffer()
    const path = join(folder, 'slow.png')
    writeFileSync(path, bytes.subarray(0, 40))
    const end = Date.now() + 2500
    for (let at = 40; Date.now() < end; at += 1) {
      appendFileSync(path, bytes.subarray(at, at + 1))
      await new Promise((resolve) => setTimeout(resolve, 100))
      expect(await labels()).toEqual([])
    }
    writeFileSync(path, bytes)
    await put('other.png', 4)
    await vi.waitFor(async () => expect(await labels()).toHaveLength(2), soon)
    expect(await labels()).toEqual([
      ['other.png', null],
      ['slow.png', null],
    ])
    const { entries } = await test.core.request('journal.list', { projectId })
    expect(entries.map(({ kind }) => kind)).toEqual(['images.import'])
  }, 20_000)

  it('leave alone what a person took out', async () => {
    await put('1.png', 5)
    await watchFolder()
    await vi.waitFor(async () => expect(await labels()).toHaveLength(1), soon)
    const { ids } = await test.core.request('images.ids', { projectId })
    await test.core.request('images.remove', { projectId, imageIds: ids })
    await put('2.png', 6)
    await vi.waitFor(async () => expect(await labels()).toEqual([['2.png', null]]), soon)
  })

  it('are watched again when the project is opened again, with what came meanwhile', async () => {
    await watchFolder()
    await test.core.request('projects.close', { projectId })
    await put('meanwhile.png', 7)
    projectId = (await test.core.request('projects.open', { path: project })).id
    await vi.waitFor(async () => expect(await labels()).toEqual([['meanwhile.png', null]]), soon)
  })

  it('tell that they are gone, and go on when they are back', async () => {
    await watchFolder()
    await vi.waitFor(async () => expect(await watched()).toMatchObject([{ state: 'watching' }]), soon)
    renameSync(folder, `${folder}-away`)
    await vi.waitFor(async () => expect(await watched()).toMatchObject([{ state: 'missing' }]), soon)
    expect(test.events.map(({ name }) => name)).toContain('watching.changed')
    renameSync(`${folder}-away`, folder)
    await put('back.png', 8)
    await vi.waitFor(async () => expect(await labels()).toEqual([['back.png', null]]), soon)
    expect(await watched()).toMatchObject([{ state: 'watching' }])
  }, 30_000)

  it('are left alone once they are removed', async () => {
    const { id } = await watchFolder()
    await test.core.request('watching.remove', { projectId, folderId: id })
    expect(await watched()).toEqual([])
    await put('late.png', 9)
    await new Promise((resolve) => setTimeout(resolve, 3000))
    expect(await labels()).toEqual([])
  })

  it('are folders that are there, outside the project', async () => {
    const add = (path: string) => test.core.request('watching.add', { projectId, path })
    await expect(add(join(folder, 'none'))).rejects.toMatchObject({ code: 'source-not-found' })
    await expect(add(await put('1.png', 1))).rejects.toMatchObject({ code: 'source-not-a-folder' })
    await expect(add(join(project, '.'))).rejects.toMatchObject({ code: 'import-invalid' })
    expect(await watched()).toEqual([])
  })
})
