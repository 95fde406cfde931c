import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createTestCore, type TestCore } from '../../fixtures/test-core.ts'

let test: TestCore

beforeEach(() => {
  test = createTestCore()
})
afterEach(() => test.dispose())

describe('projects.sample', () => {
  it('draws, imports and reads what was asked for', async () => {
    const { core, folder, events } = test
    const path = join(folder, 'drawn.thaw')
    const sample = await core.request('projects.sample', {
      path,
      images: 30,
      sizePx: 32,
      classes: 4,
      seed: 3,
    })
    expect(sample).toMatchObject({ images: 30, classes: 4, project: { path } })
    const projectId = sample.project.id
    const stats = await core.request('projects.stats', { projectId })
    expect(stats).toMatchObject({ images: 30, labelled: 30, pending: 0 })
    expect(stats.classes.map(({ count }) => count).sort()).toEqual([7, 7, 8, 8])
    const { ids } = await core.request('images.ids', { projectId })
    const { images } = await core.request('images.get', { projectId, ids })
    expect(images.every((image) => image.width === 32 && image.path.startsWith(join(path, 'pictures')))).toBe(
      true,
    )
    expect(
      events.some(
        ({ name, payload }) =>
          name === 'jobs.progress' && 'job' in payload && payload.job.phase === 'drawing',
      ),
    ).toBe(true)
    await expect(core.request('projects.sample', { path })).rejects.toMatchObject({ code: 'project-exists' })
  })

  it('draws equal pictures from equal seeds', async () => {
    const bytes = []
    for (const [name, seed] of [
      ['a', 1],
      ['b', 1],
      ['c', 2],
    ] as const) {
      const path = join(test.folder, `${name}.thaw`)
      await test.core.request('projects.sample', { path, images: 4, sizePx: 24, classes: 2, seed })
      bytes.push(readFileSync(join(path, 'pictures/striped pebble/striped-pebble-00001.jpg')))
    }
    expect(bytes[0]).toEqual(bytes[1])
    expect(bytes[0]).not.toEqual(bytes[2])
  })

  it('is drawn once without a path', async () => {
    const first = await test.core.request('projects.sample', { images: 4, sizePx: 24, classes: 2 })
    expect(existsSync(join(test.folder, 'home/sample.thaw/project.sqlite'))).toBe(true)
    const drawn = test.events.length
    expect(await test.core.request('projects.sample', {})).toEqual(first)
    expect(test.events.slice(drawn).filter(({ name }) => name === 'images.listChanged')).toEqual([])
  })

  it('refuses fewer images than classes', async () => {
    await expect(
      test.core.request('projects.sample', { path: join(test.folder, 'x.thaw'), images: 3, classes: 5 }),
    ).rejects.toMatchObject({ code: 'invalid-input' })
    expect(existsSync(join(test.folder, 'x.thaw'))).toBe(false)
  })
})
