import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { featureCache } from '../../../src/core/storage/budgets.ts'
import { createStorageHandlers } from '../../../src/core/storage/handlers.ts'
import { openFeatureCache } from '../../../src/trainer/feature-cache.ts'
import { temporaryFolder, testContext } from '../test-project.ts'

const keys = ['a'.repeat(64), 'b'.repeat(64)] as const
const about = {
  network: 'small',
  boundary: 'sum',
  inputSize: 8,
  precision: 'float16',
  augmentation: 'flip:0.5',
}

function workbench() {
  const folder = temporaryFolder()
  const context = testContext(folder)
  const project = context.projects.create(join(folder, 'p.thaw'))
  const handlers = createStorageHandlers(context)
  return { folder, context, project, handlers, projectId: project.id }
}

function fill(folder: string, key: string, records: number): void {
  const cache = openFeatureCache({ folder, key, recordBytes: 100, diskBudgetBytes: 1e6, about })
  for (let index = 0; index < records; index += 1) {
    cache.append(index.toString(16).padStart(64, '0'), new Uint8Array(100))
  }
  cache.close()
}

describe('storage', () => {
  it('tells what each cache of features is, how large it is and when it was used', async () => {
    const { project, handlers, projectId } = workbench()
    const { features } = project.folders
    for (const [index, key] of keys.entries()) fill(features, key, 3 + index)
    utimesSync(join(features, keys[0], 'used'), 1000, 1000)
    const storage = await handlers['storage.get']({ projectId })
    expect(storage.features).toMatchObject([
      { ...about, key: keys[1], records: 4 },
      { ...about, key: keys[0], records: 3, lastUsedAt: 1_000_000 },
    ])
    expect(storage.features[1]!.bytes).toBeGreaterThanOrEqual(3 * 148)
    expect(storage.features[0]!.bytes - storage.features[1]!.bytes).toBe(148)
  })

  it('clears one cache, or all of them, and says how much that gave', async () => {
    const { project, handlers, projectId } = workbench()
    const { features } = project.folders
    for (const key of keys) fill(features, key, 3)
    writeFileSync(join(features, 'not a key'), 'stays')
    const sizeOf = async () =>
      (await handlers['storage.get']({ projectId })).features.map(({ bytes }) => bytes)
    const [bytes] = await sizeOf()
    const clear = (key?: string) => handlers['storage.clear']({ projectId, what: { kind: 'features', key } })
    expect(await clear(keys[0])).toEqual({ freedBytes: bytes })
    expect(readdirSync(features).sort()).toEqual([keys[1], 'not a key'])
    await clear('../../runs')
    expect(existsSync(project.folders.runs)).toBe(true)
    expect(await clear()).toEqual({ freedBytes: bytes })
    expect(await sizeOf()).toEqual([])
    expect(existsSync(join(features, 'not a key'))).toBe(true)
  })

  it('deletes checkpoints only of runs that have ended with a model', async () => {
    const { project, handlers, projectId } = workbench()
    const insert = project.database.prepare(
      `INSERT INTO runs (name, status, plan, classes, counts, dataset_version, model_sha256, created_at)
       VALUES ('r', ?, '{}', '[]', '{}', 'v', ?, 0)`,
    )
    project.database
      .prepare(`INSERT INTO dataset_versions (hash, images, created_at, content) VALUES ('v', 0, 0, x'')`)
      .run()
    for (const [status, model] of [
      ['completed', 'm'],
      ['running', 'm'],
      ['failed', null],
      ['stopped', 'm'],
    ]) {
      const { lastInsertRowid } = insert.run(status, model)
      const folder = join(project.folders.runs, `r${lastInsertRowid}`, 'checkpoints')
      mkdirSync(folder, { recursive: true })
      writeFileSync(join(folder, 'epoch-000001.safetensors'), new Uint8Array(1000))
      writeFileSync(join(folder, '..', 'model.safetensors'), new Uint8Array(500))
    }
    const bytesOf = async () =>
      (await handlers['storage.get']({ projectId })).runs.map(({ bytes, checkpointBytes }) => [
        bytes,
        checkpointBytes,
      ])
    expect(await bytesOf()).toEqual(Array.from({ length: 4 }, () => [1500, 1000]))
    const clear = (runId?: string) =>
      handlers['storage.clear']({ projectId, what: { kind: 'checkpoints', runId } })
    expect(await clear('r2')).toEqual({ freedBytes: 0 })
    expect(await clear('r4')).toEqual({ freedBytes: 1000 })
    expect(await clear()).toEqual({ freedBytes: 1000 })
    expect(await bytesOf()).toEqual([
      [500, 0],
      [1500, 1000],
      [1500, 1000],
      [500, 0],
    ])
  })

  it('empties the thumbnails', async () => {
    const { project, handlers, projectId } = workbench()
    mkdirSync(join(project.folders.thumbnails, 'aa'))
    writeFileSync(join(project.folders.thumbnails, 'aa', 'one.jpg'), new Uint8Array(70))
    expect((await handlers['storage.get']({ projectId })).thumbnailBytes).toBe(70)
    expect(await handlers['storage.clear']({ projectId, what: { kind: 'thumbnails' } })).toEqual({
      freedBytes: 70,
    })
    expect(readdirSync(project.folders.thumbnails)).toEqual([])
  })
})

describe('budgets', () => {
  it('follow the machine until a person sets them, and are kept for all projects', async () => {
    const { folder, context, project, handlers, projectId } = workbench()
    const { effective, budgets, freeBytes } = await handlers['storage.get']({ projectId })
    expect(budgets).toEqual({ memoryBudgetBytes: null, diskBudgetBytes: null })
    expect(effective.memoryBudgetBytes).toBeGreaterThan(1e6)
    expect(effective.diskBudgetBytes).toBeLessThanOrEqual(Math.max(freeBytes, 20 * 2 ** 30))
    expect(await handlers['storage.setBudgets']({ memoryBudgetBytes: 5e6 })).toEqual({
      memoryBudgetBytes: 5e6,
      diskBudgetBytes: null,
    })
    await handlers['storage.setBudgets']({ diskBudgetBytes: 0 })
    expect(context.events.map(({ name }) => name)).toEqual(['settings.changed', 'settings.changed'])
    const later = testContext(folder)
    expect(featureCache(later, project)).toEqual({
      folder: project.folders.features,
      memoryBudgetBytes: 5e6,
      diskBudgetBytes: 0,
    })
    await createStorageHandlers(later)['storage.setBudgets']({ memoryBudgetBytes: null })
    expect(featureCache(context, project).memoryBudgetBytes).toBe(effective.memoryBudgetBytes)
  })

  it('are the machine’s again where their file is damaged', () => {
    const { context, project } = workbench()
    mkdirSync(context.dataDir, { recursive: true })
    writeFileSync(join(context.dataDir, 'storage.json'), '{"memoryBudgetBytes": "much"')
    expect(featureCache(context, project).memoryBudgetBytes).toBeGreaterThan(1e6)
  })
})
