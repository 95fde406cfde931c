import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { TrainPlanInput } from '../../../src/contract/train-plan.ts'
import { createComparisonsHandlers } from '../../../src/core/comparisons/handlers.ts'
import { storePredictions } from '../../../src/core/evaluation/stored-predictions.ts'
import {
  addImages,
  openRunsWorkbench,
  requestsOf,
  sha256Of,
  type RunsWorkbench,
  type TestImage,
} from '../runs/runs-workbench.ts'

/** Of each class: four to train on, two to validate and four to test. */
const splits = [
  'train',
  'train',
  'train',
  'train',
  'validation',
  'validation',
  'test',
  'test',
  'test',
  'test',
]
const images = ['ant', 'bee', 'wasp'].flatMap((name) =>
  splits.map((split, index) => ({ name: `${name}/${index}.jpg`, class: name, split }) as TestImage),
)
const tested = images.filter(({ split }) => split === 'test')

let bench: RunsWorkbench
let ids: number[]
beforeEach(() => {
  bench = openRunsWorkbench([{}])
  ids = addImages(bench.project, images)
})
afterEach(() => bench.dispose())

async function train(plan: TrainPlanInput = {}): Promise<string> {
  const { start, ended } = requestsOf(bench)
  const runId = await start(plan)
  await ended(runId)
  return runId
}

/** Stores what a run says of the test images: their class, but for those named. */
function predict(runId: string, mistakes: Record<string, string>, classes = ['ant', 'bee', 'wasp']): void {
  const said = tested.map(({ name, class: truth }) => classes.indexOf(mistakes[name] ?? truth ?? ''))
  storePredictions(bench.project, Number(runId.slice(1)), 'test', {
    hashes: tested.map(({ name }) => sha256Of(name)),
    truths: Int32Array.from(tested, ({ class: truth }) => classes.indexOf(truth ?? '')),
    probabilities: Float32Array.from(
      said.flatMap((answer, row) =>
        classes.map((_, index) => (index === answer ? 0.5 + row / 64 : 0.5 / classes.length)),
      ),
    ),
  })
}

const request = () => createComparisonsHandlers(bench.context)
const projectId = () => bench.project.id

describe('answers on the same images', () => {
  it('are counted, tested and listed, the surest first', async () => {
    const [first, second] = [await train(), await train({ seed: 1 })]
    predict(first, { 'ant/6.jpg': 'bee', 'ant/7.jpg': 'bee', 'ant/8.jpg': 'wasp', 'wasp/9.jpg': 'ant' })
    predict(second, { 'bee/6.jpg': 'ant', 'wasp/9.jpg': 'bee' })
    const { pairs } = await request()['comparisons.get']({
      projectId: projectId(),
      runIds: [first, second],
      baseline: first,
    })
    expect(pairs[0]).toBeNull()
    // One throw in four falls so unevenly or more: 2 (1 + 4) / 16.
    expect(pairs[1]).toMatchObject({ split: 'test', images: 12, b: 1, c: 3, p: 0.625 })
    expect(pairs[1]?.accuracies).toEqual([8 / 12, 10 / 12])
    expect(pairs[1]?.difference).toBeCloseTo(2 / 12)

    const { flips, images: shared } = await request()['comparisons.flips']({
      projectId: projectId(),
      from: first,
      to: second,
    })
    expect(shared).toBe(12)
    expect(flips.map(({ path, truth, a, b }) => [path, truth, a.class, b.class])).toEqual([
      ['/nowhere/wasp/9.jpg', 'wasp', 'ant', 'bee'],
      ['/nowhere/bee/6.jpg', 'bee', 'bee', 'ant'],
      ['/nowhere/ant/8.jpg', 'ant', 'wasp', 'ant'],
      ['/nowhere/ant/7.jpg', 'ant', 'bee', 'ant'],
      ['/nowhere/ant/6.jpg', 'ant', 'bee', 'ant'],
    ])
    expect(flips[1]?.imageId).toBe(ids[16])
  })

  it('are those on validation images where no test image is common', async () => {
    const [first, second] = [await train(), await train()]
    bench.project.database.prepare("DELETE FROM predictions WHERE split = 'test' AND run_number = 2").run()
    const { pairs } = await request()['comparisons.get']({
      projectId: projectId(),
      runIds: [second, first],
      baseline: first,
    })
    expect(pairs[0]).toMatchObject({ split: 'validation', images: 6, b: 0, c: 0, p: 1, interval95: [0, 0] })
    bench.project.database.prepare('DELETE FROM predictions WHERE run_number = 2').run()
    const none = await request()['comparisons.flips']({ projectId: projectId(), from: first, to: second })
    expect(none).toEqual({ split: null, images: 0, flips: [] })
  })

  it('are right by the later label, whichever run comes first', async () => {
    const first = await train()
    bench.project.database
      .prepare(
        "UPDATE annotations SET class_id = (SELECT id FROM classes WHERE name = 'bee') WHERE image_id = ?",
      )
      .run(ids[6])
    const second = await train()
    predict(first, { 'ant/6.jpg': 'bee' })
    tested[0]!.class = 'bee'
    predict(second, {})
    tested[0]!.class = 'ant'
    for (const runIds of [
      [first, second],
      [second, first],
    ]) {
      const { pairs } = await request()['comparisons.get']({
        projectId: projectId(),
        runIds,
        baseline: runIds[0]!,
      })
      expect(pairs[1]).toMatchObject({ accuracies: [1, 1], b: 0, c: 0 })
    }
  })

  it('needs a baseline among the runs', async () => {
    const [first, second] = [await train(), await train()]
    await train()
    expect(() =>
      request()['comparisons.get']({ projectId: projectId(), runIds: [first, second], baseline: 'r3' }),
    ).toThrow(expect.objectContaining({ code: 'invalid-input' }))
  })
})

it('settings are told with all values, and which of them differ', async () => {
  const runIds = [
    await train({ learningRate: 0.01 }),
    await train({ learningRate: 0.1, head: '8:relu' }),
    await train({ learningRate: 0.1, freeze: { kind: 'first', count: 3 }, mode: 'fine-tune' }),
  ]
  const { settings } = await request()['comparisons.get']({
    projectId: projectId(),
    runIds,
    baseline: runIds[0]!,
  })
  expect(settings.filter(({ differs }) => differs).map(({ key, values }) => [key, ...values])).toEqual([
    ['mode', 'feature-extraction', 'feature-extraction', 'fine-tune'],
    ['freeze', null, null, { kind: 'first', count: 3 }],
    ['head', '', '8:relu', ''],
    ['learningRate', 0.01, 0.1, 0.1],
  ])
  expect(settings.find(({ key }) => key === 'epochs')).toEqual({
    key: 'epochs',
    values: [10, 10, 10],
    differs: false,
  })
})

it('data is told as labels, splits and images that changed, all counted and some listed', async () => {
  const first = await train()
  const { database } = bench.project
  database
    .prepare(
      "UPDATE annotations SET class_id = (SELECT id FROM classes WHERE name = 'bee') WHERE image_id = ?",
    )
    .run(ids[0])
  database.prepare("UPDATE images SET split = 'test' WHERE id IN (?, ?)").run(ids[0], ids[1])
  database.prepare("UPDATE images SET removed_at = 1, removed_by = 'person' WHERE id = ?").run(ids[2])
  addImages(bench.project, [
    { name: 'fly/0.jpg', class: 'fly', split: 'train' },
    { name: 'fly/1.jpg', class: 'fly', split: 'test' },
  ])
  const second = await train()
  const compare = (most: number) =>
    request()['comparisons.data']({ projectId: projectId(), from: first, to: second, most })
  const { counts, classes, changes } = await compare(500)
  expect(counts).toEqual({ label: 1, split: 1, added: 2, removed: 1 })
  expect(classes).toEqual({ added: ['fly'], removed: [] })
  expect(changes.map(({ kind, path, from, to }) => [kind, path, from, to])).toEqual([
    ['label', '/nowhere/ant/0.jpg', { class: 'ant', split: 'train' }, { class: 'bee', split: 'test' }],
    ['split', '/nowhere/ant/1.jpg', { class: 'ant', split: 'train' }, { class: 'ant', split: 'test' }],
    ['added', '/nowhere/fly/0.jpg', null, { class: 'fly', split: 'train' }],
    ['added', '/nowhere/fly/1.jpg', null, { class: 'fly', split: 'test' }],
    ['removed', '/nowhere/ant/2.jpg', { class: 'ant', split: 'train' }, null],
  ])
  expect(changes.at(-1)?.imageId).toBeNull()
  const few = await compare(1)
  expect(few.counts).toEqual(counts)
  expect(few.changes).toHaveLength(4)
})

describe('baselines', () => {
  it('are the majority class, and runs that are found by their settings', async () => {
    bench.project.database.prepare("UPDATE images SET split = 'validation' WHERE id = ?").run(ids[0])
    const scratch = await train({ mode: 'scratch', epochs: 3 })
    const otherData = await train({ mode: 'scratch' })
    bench.project.database
      .prepare('UPDATE runs SET dataset_version = (SELECT dataset_version FROM runs WHERE number = 1)')
      .run()
    bench.project.database.exec(
      "INSERT INTO dataset_versions SELECT 'other', images, created_at, content FROM dataset_versions",
    )
    bench.project.database.prepare("UPDATE runs SET dataset_version = 'other' WHERE number = 2").run()
    const withHead = await train({ head: '8:relu' })
    const tuned = await train({ mode: 'fine-tune', freeze: { kind: 'first', count: 3 }, layerDecay: 0.5 })
    predict(scratch, { 'ant/6.jpg': 'bee', 'ant/7.jpg': 'bee' })
    predict(tuned, {})
    const found = await request()['comparisons.baselines']({ projectId: projectId(), runId: tuned })
    expect([otherData, withHead]).toEqual(['r2', 'r3'])
    // Of equally many training images the first by name; ants are one fewer.
    expect(found.majority).toEqual({ class: 'bee', accuracy: 4 / 12, images: 12 })
    expect(found.scratch).toMatchObject({ runId: scratch, pair: { b: 0, c: 2, images: 12 } })
    expect(found.frozenHead).toBeNull()
    expect(found.plans.scratch).toMatchObject({ mode: 'scratch', layerDecay: 1, learningRateBackbone: 1e-3 })
    expect(found.plans.scratch.freeze).toBeUndefined()
    expect(found.plans.frozenHead).toMatchObject({ mode: 'feature-extraction', head: '' })
    const frozen = await train()
    const again = await request()['comparisons.baselines']({ projectId: projectId(), runId: tuned })
    expect(again.frozenHead?.runId).toBe(frozen)
  })
})
