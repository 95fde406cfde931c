import { cpSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { RequestInput } from '../../../src/contract/requests/index.ts'
import { createTestCore, type TestCore } from '../../fixtures/test-core.ts'

let test: TestCore
let projectId: string
let pictures: string

beforeEach(async () => {
  test = createTestCore()
  const path = join(test.folder, 'sample.thaw')
  projectId = (await test.core.request('projects.sample', { path, images: 12, sizePx: 32, classes: 3 }))
    .project.id
  pictures = join(path, 'pictures')
})
afterEach(() => test.dispose())

const stats = () => test.core.request('projects.stats', { projectId })
const undo = () => test.core.request('journal.undo', { projectId })
async function importAll(options: Partial<RequestInput<'images.import'>> = {}) {
  const { jobId } = await test.core.request('images.import', { projectId, source: pictures, ...options })
  return test.core.request('images.importReport', { projectId, jobId })
}

describe('undo of an import', () => {
  it('hides what it brought, and redo shows it with its labels', async () => {
    const before = await stats()
    expect(before).toMatchObject({ images: 12, labelled: 12 })
    expect(await undo()).toMatchObject({ kind: 'images.import', undone: true })
    expect(await stats()).toMatchObject({ images: 0, labelled: 0, classes: [] })
    await test.core.request('journal.redo', { projectId })
    expect(await stats()).toEqual(before)
  })

  it('does not keep the same pictures from coming back with their labels, from there or elsewhere', async () => {
    const before = await stats()
    await undo()
    expect(await importAll()).toMatchObject({ imported: 12, duplicates: 0 })
    expect(await stats()).toEqual(before)
    await undo()
    const elsewhere = join(test.folder, 'elsewhere')
    cpSync(pictures, elsewhere, { recursive: true })
    expect(await importAll({ source: elsewhere, storage: 'copy' })).toMatchObject({
      imported: 12,
      duplicates: 0,
    })
    expect(await stats()).toEqual(before)
    rmSync(elsewhere, { recursive: true })
    expect(await test.core.request('projects.check', { projectId })).toEqual({ ok: true, problems: [] })
  })

  it('goes no further than the import: images removed and imported again are removed again', async () => {
    const { ids } = await test.core.request('images.ids', { projectId })
    await test.core.request('images.remove', { projectId, imageIds: ids.slice(0, 5) })
    expect(await importAll()).toMatchObject({ imported: 5, duplicates: 7 })
    expect(await stats()).toMatchObject({ images: 12 })
    await undo()
    expect(await stats()).toMatchObject({ images: 7 })
    await undo()
    expect(await stats()).toMatchObject({ images: 12, labelled: 12 })
    await undo()
    expect(await stats()).toMatchObject({ images: 0 })
    for (const images of [12, 7, 12]) {
      await test.core.request('journal.redo', { projectId })
      expect(await stats()).toMatchObject({ images, labelled: images })
    }
  })
})
