import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { RunGroup } from '../../../../src/contract/entities.ts'
import { findRecipe, planOfRecipe } from '../../../../src/models/training/recipes/index.ts'
import type { ScriptedFit } from '../../../fixtures/scripted-trainer.ts'
import {
  addImages,
  openRunsWorkbench,
  requestsOf,
  splitImages,
  until,
  type RunsWorkbench,
} from '../runs-workbench.ts'

let bench: RunsWorkbench
let { of, start, statusOf, ended } = {} as ReturnType<typeof requestsOf>
afterEach(() => bench.dispose())

function open(script: readonly ScriptedFit[], images = splitImages()): void {
  bench = openRunsWorkbench(script)
  addImages(bench.project, images)
  ;({ of, start, statusOf, ended } = requestsOf(bench))
}
const groupOf = async (groupId: string): Promise<RunGroup> => {
  const { groups } = await of('runs.groups', {})
  return groups.find(({ id }) => id === groupId)!
}
const epochsOf = async (runId: string) => (await of('runs.get', { runId })).run.epochsDone

describe('the ladder', () => {
  const recipe = findRecipe('auto')
  const steps = recipe.ladder!.steps.map(({ id }) => id)
  /** What one step does; the others have more right the higher they are, of 40 validation images. */
  const play = (parts: Record<string, Omit<ScriptedFit, 'when'>>): ScriptedFit[] =>
    recipe.ladder!.steps.map((step, index) => {
      const { mode, freeze } = planOfRecipe(recipe, {}, step)
      return { when: { mode, ...(freeze ? { freeze } : {}) }, right: 10 + 8 * index, ...parts[step.id] }
    })
  const climb = async (input: object = {}) => {
    const { group } = await of('runs.startRecipe', { recipe: 'auto', settings: { epochs: 2 }, ...input })
    return group!.id
  }
  const climbed = async (input: object = {}) => of('runs.waitGroup', { groupId: await climb(input) })

  it('tries every step as long as each improves beyond noise, as ordinary runs of one group', async () => {
    open(play({}))
    const group = await climbed({ name: 'first try' })
    expect(group).toMatchObject({
      kind: 'ladder',
      recipe: 'auto',
      name: 'first try',
      status: 'completed',
      runs: ['r1', 'r2', 'r3', 'r4'],
      best: 'r4',
      stoppedBecause: { code: 'ladder-all-tried', details: { steps: 4 } },
    })
    expect(group.endedAt).not.toBeNull()
    expect(group.tried.map(({ step, better }) => [step, better])).toEqual([
      [steps[0], null],
      [steps[1], true],
      [steps[2], true],
      [steps[3], true],
    ])
    // Eight images that only the later one has right, by the exact test: 2 / 2^8.
    expect(group.tried[1]!.comparison).toEqual({ b: 0, c: 8, p: expect.closeTo(2 / 2 ** 8, 12) })
    const { runs } = await of('runs.list', {})
    expect(runs.map((run) => [run.name, run.recipe, run.group])).toEqual(
      steps.map((step) => [`first try: ${step}`, 'auto', group.id]),
    )
    expect(runs.map(({ plan }) => plan.mode)).toEqual([
      'feature-extraction',
      'fine-tune',
      'fine-tune',
      'full',
    ])
  })

  it('ends at the step that is not better beyond noise, and keeps the one before', async () => {
    open(play({ 'last-third': { right: 23 } }))
    const group = await climbed()
    expect(group).toMatchObject({
      status: 'completed',
      best: 'r2',
      stoppedBecause: { code: 'ladder-no-improvement', details: { step: 'last-third', b: 0, c: 5 } },
    })
    expect(group.tried.at(-1)).toMatchObject({ run: 'r3', better: false })
    expect(group.runs).toHaveLength(3)
  })

  it('tries one step where every image is right', async () => {
    open(play({ 'frozen-head': { right: 40 } }))
    expect(await climbed()).toMatchObject({
      status: 'completed',
      runs: ['r1'],
      best: 'r1',
      stoppedBecause: { code: 'ladder-nothing-left' },
    })
  })

  it('tries one step where there is nothing to compare on', async () => {
    // One image of each class can be learned from, but none spared.
    open(
      play({}),
      ['ant', 'bee'].map((name) => ({ name, class: name, split: 'train' as const })),
    )
    expect(await climbed()).toMatchObject({
      status: 'completed',
      runs: ['r1'],
      best: 'r1',
      stoppedBecause: { code: 'ladder-no-validation' },
    })
  })

  it('stops the step that runs into the time budget, and keeps what it learned', async () => {
    open(play({ 'frozen-head': { epochMs: 100 } }))
    const group = await climbed({ timeBudgetMinutes: 3 / 60, settings: { epochs: 1000 } })
    expect(group).toMatchObject({
      status: 'completed',
      best: 'r1',
      tried: [{ run: 'r1', valAccuracy: 0.25 }],
      timeBudgetMinutes: 0.05,
      stoppedBecause: { code: 'ladder-time-budget', details: { minutes: 0.05 } },
    })
    expect(await statusOf('r1')).toBe('stopped')
  })

  it('says that the time was up where the first step was not done with an epoch', async () => {
    open(play({ 'frozen-head': { epochMs: 600 } }))
    expect(await climbed({ timeBudgetMinutes: 0.2 / 60 })).toMatchObject({
      status: 'completed',
      best: null,
      stoppedBecause: { code: 'ladder-time-budget' },
    })
  })

  it('does not count the time that a run waits for its turn, or is paused', async () => {
    open([{ when: { seed: 9 }, epochMs: 100 }, ...play({ 'frozen-head': { epochMs: 100 } })])
    const before = await start({ seed: 9, epochs: 10_000 })
    const groupId = await climb({ timeBudgetMinutes: 2.4 / 60, settings: { epochs: 4 } })
    await new Promise((resolve) => setTimeout(resolve, 2500))
    await of('runs.cancel', { runId: before })
    await until(async () => (await statusOf('r2')) === 'running')
    await of('runs.pause', { runId: 'r2' })
    await new Promise((resolve) => setTimeout(resolve, 2500))
    await of('runs.continue', { runId: 'r2' })
    expect(await ended('r2')).toMatchObject({ status: 'completed', epochsDone: 4 })
    await of('runs.waitGroup', { groupId })
  })

  it('is stopped by request with what the current step learned, and starts no other', async () => {
    open(play({ 'last-block': { epochMs: 100 } }))
    const groupId = await climb({ settings: { epochs: 60 } })
    await until(async () => (await groupOf(groupId)).runs.includes('r2') && (await epochsOf('r2')) > 0)
    await of('runs.stopGroup', { groupId })
    const group = await of('runs.waitGroup', { groupId })
    expect(group).toMatchObject({ status: 'stopped', stoppedBecause: { code: 'ladder-stopped' }, best: 'r2' })
    expect(group.tried.map(({ run }) => run)).toEqual(['r1', 'r2'])
    await expect(of('runs.stopGroup', { groupId })).rejects.toMatchObject({ code: 'run-not-active' })
  })

  it('keeps the best step where a later one fails, and fails where the first does', async () => {
    open(play({ 'last-block': { failure: 'out-of-memory' } }))
    expect(await climbed()).toMatchObject({
      status: 'completed',
      best: 'r1',
      stoppedBecause: { code: 'ladder-run-failed', details: { run: 'r2', status: 'failed' } },
    })
    await bench.dispose()
    open(play({ 'frozen-head': { failure: 'loss-not-finite' } }))
    expect(await climbed()).toMatchObject({ status: 'failed', best: null, tried: [] })
  })

  it('counts as interrupted when the project closes under it, and trains nothing on', async () => {
    open(play({ 'last-block': { epochMs: 100 } }))
    const groupId = await climb({ settings: { epochs: 60 } })
    await until(async () => (await groupOf(groupId)).runs.includes('r2'))
    await bench.reopen()
    const group = await groupOf(groupId)
    expect(group).toMatchObject({ status: 'interrupted', best: 'r1', runs: ['r1', 'r2'] })
    expect(group.tried.map(({ run }) => run)).toEqual(['r1'])
    expect(await statusOf('r2')).toBe('interrupted')
  })

  it('closes its project in time also between two steps', async () => {
    open(play({}))
    const groupId = await climb()
    let closed: Promise<void> | undefined
    bench.onEvent = ({ name, payload }) => {
      // The moment in which the first step ends; the next one is about to be started.
      if (name !== 'runs.groupChanged' || (payload as { group: RunGroup }).group.tried.length === 0) return
      closed ??= bench.context.projects.close(bench.project.id)
    }
    await until(() => closed !== undefined)
    await closed
    await bench.reopen()
    expect(await groupOf(groupId)).toMatchObject({ status: 'interrupted', runs: ['r1'], best: 'r1' })
  })

  it('is marked as interrupted by the next program where the last one was killed', async () => {
    open(play({}))
    const { id } = await climbed()
    bench.project.database.prepare("UPDATE run_groups SET status = 'running', stopped_because = NULL").run()
    await bench.reopen()
    expect(await groupOf(id)).toMatchObject({ status: 'interrupted', stoppedBecause: null })
  })

  it('ends when its run is deleted, and forgets a best one that was', async () => {
    open(play({ 'last-block': { epochMs: 100 } }))
    const groupId = await climb({ settings: { epochs: 60 } })
    await until(async () => (await groupOf(groupId)).runs.includes('r2'))
    await of('runs.delete', { runId: 'r2' })
    expect(await of('runs.waitGroup', { groupId })).toMatchObject({
      status: 'stopped',
      runs: ['r1'],
      best: 'r1',
      stoppedBecause: { code: 'ladder-run-failed', details: { run: 'r2', status: 'deleted' } },
    })
    await of('runs.delete', { runId: 'r1' })
    expect((await of('runs.groups', {})).groups).toEqual([])
  })

  it('begins its comparison anew where the best one was deleted meanwhile', async () => {
    open(play({ 'last-block': { epochMs: 100 } }))
    const groupId = await climb({ settings: { epochs: 20 } })
    await until(async () => (await groupOf(groupId)).runs.includes('r2'))
    await of('runs.delete', { runId: 'r1' })
    const group = await of('runs.waitGroup', { groupId })
    expect(group.tried.map(({ run, better }) => [run, better])).toEqual([
      ['r1', null],
      ['r2', null],
      ['r3', true],
      ['r4', true],
    ])
    expect(group).toMatchObject({ best: 'r4', runs: ['r2', 'r3', 'r4'] })
  })

  it('refuses what it decides itself, and stores nothing', async () => {
    open(play({}))
    for (const settings of [{ mode: 'full' }, { freeze: { kind: 'none' } }, { augment: 'flop' }]) {
      await expect(climb({ settings })).rejects.toMatchObject({
        code: 'plan-invalid',
        details: { setting: Object.keys(settings)[0] },
      })
    }
    await expect(climb({ settings: { backbone: 'vgg16' } })).rejects.toMatchObject({
      code: 'weights-missing',
    })
    await expect(
      of('runs.startRecipe', { recipe: 'from-scratch', timeBudgetMinutes: 3 }),
    ).rejects.toMatchObject({ code: 'invalid-input' })
    expect((await of('runs.groups', {})).groups).toEqual([])
    expect((await of('runs.list', {})).runs).toEqual([])
  })
})

describe('a sweep', () => {
  const sweep = (input: object) => of('runs.sweep', { plan: { epochs: 2 }, values: {}, ...input })
  const rates = { learningRate: [0.1, 0.01, 0.001] }
  const rate = (learningRate: number, part: Omit<ScriptedFit, 'when'>): ScriptedFit => ({
    when: { learningRate },
    ...part,
  })

  it('queues every combination as an ordinary run, and tells which is best on validation', async () => {
    open([rate(0.1, { right: 9 }), rate(0.01, { right: 30 }), rate(0.001, { right: 20 })])
    const { group, runs } = await sweep({ values: { ...rates, seed: [4] }, name: 'rates' })
    expect(group).toMatchObject({
      kind: 'sweep',
      name: 'rates',
      settings: ['learningRate', 'seed'],
      best: null,
    })
    expect(runs.map(({ name, status, group: of }) => [name, status, of])).toEqual([
      ['rates: learningRate=0.1, seed=4', 'running', 'g1'],
      ['rates: learningRate=0.01, seed=4', 'queued', 'g1'],
      ['rates: learningRate=0.001, seed=4', 'queued', 'g1'],
    ])
    const done = await of('runs.waitGroup', { groupId: group.id })
    expect(done).toMatchObject({
      status: 'completed',
      best: 'r2',
      stoppedBecause: { code: 'sweep-ended', details: { runs: 3, completed: 3, failed: 0 } },
    })
    expect(done.tried).toEqual(
      [9, 30, 20].map((right, index) => ({
        run: `r${index + 1}`,
        step: `learningRate=${rates.learningRate[index]}, seed=4`,
        valAccuracy: right / 40,
        comparison: null,
        better: null,
      })),
    )
    const told = bench.events.flatMap(({ name, payload }) =>
      name === 'runs.groupChanged' ? [(payload as { group: RunGroup }).group.tried.length] : [],
    )
    expect(told).toEqual([0, 1, 2, 3, 3])
  })

  it('goes on after a run that fails, and is failed where all are', async () => {
    open([rate(0.1, { failure: 'loss-not-finite' }), { right: 20 }])
    const { group } = await sweep({ values: rates })
    const done = await of('runs.waitGroup', { groupId: group.id })
    expect(done).toMatchObject({
      status: 'completed',
      stoppedBecause: { details: { completed: 2, failed: 1 } },
    })
    expect(done.best).toBe('r2')
    const { group: bad } = await sweep({ values: { learningRate: [0.1], seed: [1, 2] } })
    expect(await of('runs.waitGroup', { groupId: bad.id })).toMatchObject({ status: 'failed', best: null })
  })

  it('is stopped with those that wait, and with the model of the one that trains', async () => {
    open([{ epochMs: 100, right: 20 }])
    const { group } = await sweep({ plan: { epochs: 60 }, values: rates })
    await until(async () => (await epochsOf('r1')) > 0)
    await of('runs.stopGroup', { groupId: group.id })
    expect(await of('runs.waitGroup', { groupId: group.id })).toMatchObject({ status: 'stopped', best: 'r1' })
    const { runs } = await of('runs.list', {})
    expect(runs.map(({ status, startedAt }) => [status, startedAt !== null])).toEqual([
      ['stopped', true],
      ['stopped', false],
      ['stopped', false],
    ])
  })

  it('counts what was resumed after it was interrupted', async () => {
    open([{ when: { epochs: 60 }, epochMs: 100, right: 10 }, { right: 20 }])
    const { group } = await sweep({ plan: { epochs: 60 }, values: rates })
    await until(async () => (await epochsOf('r1')) > 0)
    await bench.reopen()
    expect(await groupOf(group.id)).toMatchObject({ status: 'interrupted', best: null })
    const epochs = (await epochsOf('r1')) + 1
    await of('runs.extend', { runId: 'r1', epochs })
    await ended('r1')
    const after = await groupOf(group.id)
    expect(after).toMatchObject({ best: 'r1', runs: ['r1', 'r2', 'r3'] })
    expect(after.tried[0]).toMatchObject({ run: 'r1', step: 'learningRate=0.1', valAccuracy: 0.5 })
  })

  it('goes on without a run that is deleted, whether it trains or waits', async () => {
    open([rate(0.1, { epochMs: 100, right: 1 }), { right: 20 }])
    const { group } = await sweep({ plan: { epochs: 60 }, values: rates })
    await of('runs.delete', { runId: 'r2' })
    await of('runs.delete', { runId: 'r1' })
    const done = await of('runs.waitGroup', { groupId: group.id })
    expect(done).toMatchObject({
      status: 'completed',
      runs: ['r3'],
      best: 'r3',
      stoppedBecause: { details: { runs: 1 } },
    })
    expect(done.tried.map(({ run }) => run)).toEqual(['r3'])
  })

  it('stores nothing where one of its runs could not be started', async () => {
    open([{ right: 20 }])
    const cases = [
      [{ backbone: ['efficientnet-lite0', 'vgg16'] }, 'weights-missing'],
      [
        { batchSize: [8], freeze: ['{"kind":"all"}', '{"kind":"until","layer":"nowhere"}'] },
        'layer-not-found',
      ],
    ] as const
    for (const [values, code] of cases) await expect(sweep({ values })).rejects.toMatchObject({ code })
    expect((await of('runs.list', {})).runs).toEqual([])
    expect((await of('runs.groups', {})).groups).toEqual([])
    expect(existsSync(join(bench.project.folders.runs, 'r1'))).toBe(false)

    bench.project.database.exec(
      "CREATE TRIGGER full AFTER INSERT ON runs WHEN NEW.number = 3 BEGIN SELECT raise(ABORT, 'no room'); END",
    )
    await expect(sweep({ values: rates })).rejects.toThrow('no room')
    expect((await of('runs.groups', {})).groups).toEqual([])
    expect((await of('runs.queue', {})).runIds).toEqual([])
    for (const run of ['r1', 'r2']) expect(existsSync(join(bench.project.folders.runs, run))).toBe(false)
  })
})
