import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { trainPlanSchema } from '../../../src/contract/train-plan.ts'
import {
  addImages,
  imagesOf,
  openRunsWorkbench,
  sha256Of,
  type RunsWorkbench,
} from '../runs/runs-workbench.ts'

let bench: RunsWorkbench
let where: { projectId: string; runId: string }
beforeEach(async () => {
  bench = openRunsWorkbench('talkative')
  addImages(bench.project, imagesOf(['ant', 'bee', 'wasp'], 6))
  const projectId = bench.project.id
  const { run } = await bench.runs.handlers['runs.start']({ projectId, plan: trainPlanSchema.parse({}) })
  await bench.runs.handlers['runs.wait']({ projectId, runId: run.id })
  // What the trainer would leave is not needed: none of these requests comes as far as that.
  bench.project.database.prepare('UPDATE runs SET model_sha256 = ?').run(sha256Of('model'))
  where = { projectId, runId: run.id }
})
afterEach(() => bench.dispose())

const explain = async ({ sha256, ...changes }: { runId?: string; asker?: string; sha256: string }) =>
  bench.runs.handlers['runs.explain']({
    ...where,
    image: { sha256 },
    asker: '',
    method: 'grad-cam',
    class: null,
    layer: null,
    ...changes,
  })
const neighbours = (sha256: string) =>
  bench.runs.handlers['runs.neighbours']({ ...where, image: { sha256 }, count: 3 })
const known = sha256Of('ant/0.jpg')

describe('explanations of a run', () => {
  it('need an image that the project or the run knows', async () => {
    for (const ask of [
      () => explain({ sha256: sha256Of('elsewhere') }),
      () => neighbours(sha256Of('elsewhere')),
    ]) {
      await expect(ask()).rejects.toMatchObject({ code: 'image-not-found' })
    }
  })

  it('need its file, and say where it was', async () => {
    for (const ask of [() => explain({ sha256: known }), () => neighbours(known)]) {
      await expect(ask()).rejects.toMatchObject({
        code: 'image-missing',
        details: { path: '/nowhere/ant/0.jpg' },
      })
    }
  })

  it('find an image by the run where the project has it no more', async () => {
    bench.project.database.prepare("UPDATE images SET sha256 = NULL WHERE path = '/nowhere/ant/0.jpg'").run()
    await expect(explain({ sha256: known })).rejects.toMatchObject({ code: 'image-missing' })
  })

  it('need a model', async () => {
    bench.project.database.prepare('UPDATE runs SET model_sha256 = NULL').run()
    for (const ask of [() => explain({ sha256: known }), () => neighbours(known)]) {
      await expect(ask()).rejects.toMatchObject({ code: 'run-has-no-model', details: { run: where.runId } })
    }
    await expect(explain({ sha256: known, runId: 'r99' })).rejects.toMatchObject({
      code: 'run-not-found',
    })
  })

  it('end the one before, whose image nobody looks at any more', async () => {
    const file = join(bench.folder, 'ant.jpg')
    writeFileSync(file, readFileSync(new URL(import.meta.url)))
    bench.project.database.prepare('UPDATE images SET path = ? WHERE sha256 = ?').run(file, known)
    const first = explain({ sha256: known })
    const second = explain({ sha256: known })
    await expect(first).rejects.toMatchObject({ code: 'cancelled' })
    await second.catch(() => {})
  })
  it('leave those of others alone: two windows may look at two images', async () => {
    const file = join(bench.folder, 'ant.jpg')
    writeFileSync(file, readFileSync(new URL(import.meta.url)))
    bench.project.database.prepare('UPDATE images SET path = ? WHERE sha256 = ?').run(file, known)
    const first = explain({ sha256: known, asker: 'one window' })
    const second = explain({ sha256: known, asker: 'another' })
    // Both come as far as the trainer, which dies of its fault.
    for (const answer of await Promise.allSettled([first, second])) {
      expect(answer).toMatchObject({ status: 'rejected', reason: { code: 'trainer-died' } })
    }
  })
})
