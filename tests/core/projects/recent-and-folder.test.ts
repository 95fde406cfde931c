import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { projectForFolder } from '../../../src/core/projects/for-folder.ts'
import { createRecentProjects } from '../../../src/core/projects/recent-projects.ts'
import { insertImages, temporaryFolder, testContext } from '../test-project.ts'

describe('recent projects', () => {
  it('are those opened, newest first, with what is known of them', async () => {
    const context = testContext()
    const recent = createRecentProjects(context)
    const folder = temporaryFolder()
    const first = context.projects.create(join(folder, 'first.thaw'))
    insertImages(first, [{ relativePath: 'a.jpg' }, { relativePath: 'b.jpg' }])
    await context.projects.close(first.id)
    const second = context.projects.create(join(folder, 'second.thaw'))
    await context.projects.close(second.id)
    expect(recent.list()).toMatchObject([
      { name: 'second', exists: true, images: 0 },
      { name: 'first', exists: true, images: 2 },
    ])
    context.projects.open(first.path)
    rmSync(second.path, { recursive: true })
    expect(recent.list()).toMatchObject([
      { name: 'first', exists: true },
      { name: 'second', exists: false },
    ])
    recent.forget(second.path)
    expect(recent.list().map((project) => project.name)).toEqual(['first'])
  })
})

describe('the project of a folder', () => {
  it('lies beside it, and is found again', async () => {
    const context = testContext()
    const folder = temporaryFolder()
    mkdirSync(join(folder, 'flowers'))
    const project = await projectForFolder(context, join(folder, 'flowers'))
    expect(project).toMatchObject({ name: 'flowers', path: join(folder, 'flowers.thaw') })
    expect(await projectForFolder(context, join(folder, 'flowers'))).toBe(project)
    await context.projects.close(project.id)
    expect((await projectForFolder(context, join(folder, 'flowers'))).id).toBe(project.id)
    expect((await projectForFolder(context, project.path)).id).toBe(project.id)
  })

  it('moves along with it', async () => {
    const context = testContext()
    const folder = temporaryFolder()
    mkdirSync(join(folder, 'old', 'flowers'), { recursive: true })
    const project = await projectForFolder(context, join(folder, 'old', 'flowers'))
    await context.projects.close(project.id)
    renameSync(join(folder, 'old'), join(folder, 'new'))
    expect((await projectForFolder(context, join(folder, 'new', 'flowers'))).id).toBe(project.id)
  })

  it('is another one where the name is taken by the project of another folder', async () => {
    const context = testContext()
    const folder = temporaryFolder()
    mkdirSync(join(folder, 'elsewhere', 'flowers'), { recursive: true })
    mkdirSync(join(folder, 'flowers'))
    const other = await projectForFolder(context, join(folder, 'elsewhere', 'flowers'))
    await context.projects.close(other.id)
    renameSync(other.path, join(folder, 'flowers.thaw'))
    const project = await projectForFolder(context, join(folder, 'flowers'))
    expect(project.id).not.toBe(other.id)
    expect(project.path).toMatch(/flowers-[0-9a-f]{8}\.thaw$/)
    expect((await projectForFolder(context, join(folder, 'flowers'))).id).toBe(project.id)
  })

  it('lies beside a file of a data set, and is named after it', async () => {
    const context = testContext()
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'cifar-10-binary.tar.gz'), '')
    const project = await projectForFolder(context, join(folder, 'cifar-10-binary.tar.gz'))
    expect(project).toMatchObject({ name: 'cifar-10-binary', path: join(folder, 'cifar-10-binary.thaw') })
  })

  it('needs the folder', async () => {
    const context = testContext()
    await expect(projectForFolder(context, join(temporaryFolder(), 'gone'))).rejects.toMatchObject({
      code: 'source-not-found',
    })
  })
})
