import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { trainPlanSchema } from '../../../src/contract/train-plan.ts'
import { createTestCore, launchTrainer, type TestCore } from '../../fixtures/test-core.ts'
import { drawDataset } from '../../trainer/drawn-dataset.ts'

let test: TestCore
let projectId: string
let runId: string
/** Of stripes and spots by turns, none of them in the project. */
let news: string[]

beforeAll(async () => {
  test = createTestCore({ launchTrainer })
  const { core, folder } = test
  const { images } = await drawDataset(join(folder, 'drawn'), { train: 24, validation: 8, test: 8 })
  for (const { path, classIndex, split } of images) {
    if (split === 'test') continue
    const kind = join(folder, 'data', classIndex === 0 ? 'stripes' : 'spots')
    mkdirSync(kind, { recursive: true })
    writeFileSync(
      join(kind, `${split}-${images.findIndex((one) => one.path === path)}.jpg`),
      readFileSync(path),
    )
  }
  news = images.filter(({ split }) => split === 'test').map(({ path }) => path)
  projectId = (await core.request('projects.create', { path: join(folder, 'p.thaw') })).id
  const { jobId } = await core.request('images.import', { projectId, source: join(folder, 'data') })
  await core.request('images.importReport', { projectId, jobId })
  const plan = trainPlanSchema.parse({ epochs: 12, learningRate: 0.01 })
  runId = (await core.request('runs.start', { projectId, plan })).run.id
  await core.request('runs.wait', { projectId, runId })
}, 120_000)
afterAll(() => test.dispose())

const predict = (paths: string[]) => test.core.request('predictions.of', { projectId, runId, paths, top: 2 })
const images = async () => {
  const { ids } = await test.core.request('images.ids', { projectId })
  return (await test.core.request('images.get', { projectId, ids })).images
}
async function upload(name: string, path: string): Promise<{ id: string; path: string }> {
  return test.core.request('uploads.put', { name, bytes: readFileSync(path).toString('base64') })
}
async function add(files: { path: string; name: string; class: string; probability: number }[]) {
  const answer = await test.core.request('predictions.add', { projectId, runId, files })
  await test.core.request('images.importReport', { projectId, jobId: answer.jobId })
  return answer
}

describe('predictions of pictures that are not of the project', () => {
  it('come for each file, with reasons for those that cannot be read', async () => {
    const broken = join(test.folder, 'broken.jpg')
    writeFileSync(broken, 'nothing')
    const { predictions, skipped } = await predict([...news, broken, join(test.folder, 'gone.jpg')])
    expect(predictions.map(({ path }) => path)).toEqual(news)
    expect(predictions.map(({ top }) => top[0]!.class)).toEqual(
      news.map((_, index) => (index % 2 === 0 ? 'stripes' : 'spots')),
    )
    expect(skipped.map(({ path }) => path)).toEqual([broken, join(test.folder, 'gone.jpg')])
    expect(predictions.every(({ sure }) => sure)).toBe(true)
    // No job that other windows would show: whoever asks tells how far it is.
    const kinds = test.events.flatMap(({ name, payload }) =>
      name === 'jobs.progress' ? [(payload as { job: { kind: string } }).job.kind] : [],
    )
    expect(kinds).not.toContain('predict')
  })

  it('are not sure below the threshold that was chosen for the run', async () => {
    const certain = (await predict(news)).predictions.map(({ top }) => top[0]!.probability)
    const threshold = certain.toSorted((a, b) => a - b)[news.length / 2]!
    const rule = { threshold, byClass: {}, calibrated: false }
    await test.core.request('evaluation.setThreshold', { projectId, runId, rule })
    const { predictions } = await predict(news)
    expect(predictions.map(({ sure }) => sure)).toEqual(certain.map((value) => value >= threshold))
    expect(predictions.filter(({ sure }) => sure)).toHaveLength(news.length / 2)
    await test.core.request('evaluation.setThreshold', { projectId, runId, rule: null })
  })

  it('are explained, and have their nearest training images, by their path', async () => {
    const where = { projectId, runId, image: { path: news[0]! } }
    const [{ predictions }, explained] = await Promise.all([
      predict([news[0]!]),
      test.core.request('runs.explain', where),
    ])
    expect(explained.class).toBe(predictions[0]!.top[0]!.class)
    expect(explained.probabilities[0]!.probability).toBeCloseTo(predictions[0]!.top[0]!.probability, 3)
    const { neighbours } = await test.core.request('runs.neighbours', where)
    expect(neighbours.map((one) => one.class)).toEqual(Array.from({ length: 8 }, () => 'stripes'))
    const gone = { ...where, image: { path: join(test.folder, 'gone.jpg') } }
    await expect(test.core.request('runs.explain', gone)).rejects.toMatchObject({ code: 'image-unreadable' })
  })
})

describe('pictures that come into the data set by their prediction', () => {
  it('have it as a suggestion and no label, and stay when the upload has ended', async () => {
    const before = (await images()).length
    const sent = await upload('holiday/a picture.jpg', news[0]!)
    const answer = await add([
      { path: sent.path, name: 'holiday/a picture.jpg', class: 'stripes', probability: 0.9 },
      { path: news[1]!, name: 'linked.jpg', class: 'spots', probability: 0.8 },
      { path: news[2]!, name: 'unheard of.jpg', class: 'checks', probability: 0.7 },
    ])
    expect(answer).toMatchObject({ registered: 3, suggested: 2 })
    await test.core.request('uploads.end', { id: sent.id })
    expect(existsSync(sent.path)).toBe(false)
    const added = (await images()).filter(({ relativePath }) => !relativePath.includes('-'))
    expect(added.map(({ relativePath }) => relativePath)).toEqual([
      'holiday/a picture.jpg',
      'linked.jpg',
      'unheard of.jpg',
    ])
    expect(added.every(({ status, classId }) => status === 'ready' && classId === null)).toBe(true)
    expect(readFileSync(added[0]!.path)).toEqual(readFileSync(news[0]!))
    expect(added[1]!.path).toBe(news[1])
    const imageIds = added.map(({ id }) => id)
    const { classes } = await test.core.request('classes.list', { projectId })
    const idOf = (name: string) => classes.find((one) => one.name === name)!.id
    const { suggestions } = await test.core.request('suggestions.of', {
      projectId,
      imageIds,
      givenOnly: true,
    })
    expect(suggestions).toEqual([
      { imageId: imageIds[0], classId: idOf('stripes'), probability: 0.9 },
      { imageId: imageIds[1], classId: idOf('spots'), probability: 0.8 },
    ])
    expect(await test.core.request('suggestions.status', { projectId })).toMatchObject({ given: 2 })

    // Accepted like any other suggestion; a label ends it.
    const groups = [{ classId: idOf('stripes'), imageIds: [imageIds[0]!] }]
    await test.core.request('suggestions.accept', { projectId, groups })
    expect(await test.core.request('suggestions.status', { projectId })).toMatchObject({ given: 1 })

    // The whole import is one command.
    await test.core.request('journal.undo', { projectId })
    await test.core.request('journal.undo', { projectId })
    expect(await images()).toHaveLength(before)
    await test.core.request('journal.redo', { projectId })
    expect(await images()).toHaveLength(before + 3)
  })

  it('lie in the project whatever they are called', async () => {
    const before = await images()
    const sent = [await upload('0', news[5]!), await upload('0', news[6]!)]
    await add(sent.map(({ path }) => ({ path, name: '../../out.jpg', class: 'spots', probability: 1 })))
    await Promise.all(sent.map(({ id }) => test.core.request('uploads.end', { id })))
    const isNew = ({ id }: { id: number }) => before.every((image) => image.id !== id)
    const added = (await images()).filter(isNew).sort((a, b) => a.path.length - b.path.length)
    expect(added.map(({ path }) => readFileSync(path))).toEqual(
      [news[5]!, news[6]!].map((path) => readFileSync(path)),
    )
    expect(added.map(({ relativePath }) => relativePath)).toEqual(['out.jpg', 'out.jpg'])
    expect(added.every(({ path }) => path.startsWith(join(test.folder, 'p.thaw', 'pictures')))).toBe(true)
  })

  it('are refused whole where one was sent before and is deleted by now', async () => {
    const before = await images()
    const sent = await upload('b.jpg', news[3]!)
    const ended = await upload('c.jpg', news[4]!)
    await test.core.request('uploads.end', { id: ended.id })
    const files = [
      { path: sent.path, name: 'b.jpg', class: 'spots', probability: 1 },
      { path: ended.path, name: 'c.jpg', class: 'stripes', probability: 1 },
    ]
    await expect(add(files)).rejects.toMatchObject({ code: 'source-not-found' })
    await test.core.request('uploads.end', { id: sent.id })
    expect(await images()).toEqual(before)
  })
})
