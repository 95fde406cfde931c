import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { type MetricRow } from '../../src/contract/entities.ts'
import { trainPlanSchema } from '../../src/contract/train-plan.ts'
import type { EventPayload } from '../../src/contract/events.ts'
import type { ChildProcess } from '../../src/contract/host.ts'
import { createTestCore, launchTrainer, type TestCore } from '../fixtures/test-core.ts'

let test: TestCore
afterEach(() => test.dispose())

describe('kill -9 of the trainer in mid-run', () => {
  it('fails that run with signal 9 and harms nothing else', async () => {
    const trainers: ChildProcess[] = []
    test = createTestCore({
      launchTrainer: () => {
        const child = launchTrainer()
        trainers.push(child)
        return child
      },
    })
    const { core } = test
    const sample = await core.request('projects.sample', {
      path: join(test.folder, 'sample.thaw'),
      images: 60,
      sizePx: 64,
      classes: 2,
      seed: 3,
    })
    const projectId = sample.project.id
    const heard: MetricRow[] = []
    const epochs = Promise.withResolvers<void>()
    core.subscribe((name, payload) => {
      const logged = payload as EventPayload<'runs.metricLogged'>
      if (name !== 'runs.metricLogged' || logged.runId !== 'r1') return
      heard.push(...logged.rows)
      if (heard.filter((row) => row.name === 'train/loss').length >= 3) epochs.resolve()
    })
    const plan = trainPlanSchema.parse({ epochs: 10_000 })
    const { run } = await core.request('runs.start', { projectId, plan })
    await epochs.promise

    const { ids } = await core.request('images.ids', { projectId, filter: {} })
    const { classes } = await core.request('classes.list', { projectId })
    const classId = classes[1]!.id
    await core.request('labels.set', { projectId, imageIds: ids.slice(0, 10), classId })
    process.kill(trainers[0]!.pid!, 'SIGKILL')
    const ended = await core.request('runs.wait', { projectId, runId: run.id })

    expect(ended).toMatchObject({
      status: 'failed',
      error: { code: 'trainer-died', details: { signal: 'SIGKILL', signalNumber: 9, exitCode: null } },
      modelSha256: null,
    })
    // Every row that anyone heard of is there, and no other.
    const { rows } = await core.request('runs.metrics', { projectId, runId: run.id })
    expect(rows).toEqual(heard)
    const middle = Math.floor(rows.length / 2)
    const missed = await core.request('runs.metrics', {
      projectId,
      runId: run.id,
      afterSeq: rows[middle]!.seq,
    })
    expect(missed.rows).toEqual(rows.slice(middle + 1))

    // The application goes on: labels are as they were set, and the next run completes.
    const { images } = await core.request('images.get', { projectId, ids: ids.slice(0, 10) })
    expect(images.map((image) => image.classId)).toEqual(images.map(() => classId))
    const next = await core.request('runs.start', { projectId, plan: trainPlanSchema.parse({ epochs: 2 }) })
    await expect(core.request('runs.wait', { projectId, runId: next.run.id })).resolves.toMatchObject({
      status: 'completed',
      error: null,
    })

    // And all of it is on the disk.
    await core.request('projects.close', { projectId })
    const { id } = await core.request('projects.open', { path: sample.project.path })
    const { runs } = await core.request('runs.list', { projectId: id })
    expect(runs.map(({ status }) => status)).toEqual(['failed', 'completed'])
    expect((await core.request('runs.metrics', { projectId: id, runId: run.id })).rows).toEqual(heard)
    expect(await core.request('projects.check', { projectId: id })).toMatchObject({ ok: true, problems: [] })
  }, 90_000)
})
