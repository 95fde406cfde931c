import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  imageGroupings,
  imageSortKeys,
  type ImageFilter,
  type ImageSortKey,
} from '../../../../src/contract/image-query.ts'
import { storePredictions } from '../../../../src/core/evaluation/stored-predictions.ts'
import { facetsOf } from '../../../../src/core/images/listing/facets-of.ts'
import { listImages, type ImageQuery } from '../../../../src/core/images/listing/list-images.ts'
import { storeLimit } from '../../../../src/core/hygiene/limits.ts'
import { createClass, deleteClass } from '../../../../src/core/labels/classes.ts'
import { redo, undo } from '../../../../src/core/labels/journal.ts'
import { removeImages } from '../../../../src/core/labels/remove-images.ts'
import { setLabels } from '../../../../src/core/labels/set-labels.ts'
import { setMarks } from '../../../../src/core/labels/set-marks.ts'
import type { OpenProject } from '../../../../src/core/projects/open-projects.ts'
import { insertRun } from '../../../../src/core/runs/stored-runs.ts'
import { setSplit } from '../../../../src/core/splits/set-split.ts'
import {
  storeFeatureIds,
  storeHead,
  suggestionsFolder,
} from '../../../../src/core/suggestions/stored-head.ts'
import { measureVersion } from '../../../../src/imaging/measure.ts'
import { createRandom } from '../../../../src/models/random.ts'
import { insertImages, temporaryFolder, testContext } from '../../test-project.ts'

const day = 86_400_000

function start(paths: readonly string[]) {
  const context = testContext()
  const project = context.projects.create(join(temporaryFolder(), 'a.thaw'))
  const images = paths.map((relativePath, index) => ({
    relativePath,
    sha256: (index + 1).toString(16).padStart(64, '0'),
  }))
  const ids = insertImages(project, images)
  const namesOf = (listed: readonly number[]) => listed.map((id) => paths[ids.indexOf(id)])
  const list = async (query: ImageQuery) => {
    const { ids: listed, groups } = await listImages(project, query)
    return { names: namesOf(listed), groups: groups.map(({ value, count }) => [value, count]) }
  }
  const names = async (filter: ImageFilter) => (await list({ filter })).names
  const by = async (key: ImageSortKey, more: { descending?: boolean; likeId?: number } = {}) =>
    (await list({ sort: { by: key, descending: false, ...more } })).names
  return { context, project, ids: ids as [number, number, number, number, ...number[]], list, names, by }
}

function measure(project: OpenProject, id: number, brightness: number, sharpness: number): void {
  project.database
    .prepare(
      `INSERT INTO image_measurements (image_id, version, perceptual_hash, brightness, contrast, sharpness, saturation)
       VALUES (?, ?, x'0000000000000000', ?, 0.2, ?, 0.5)`,
    )
    .run(id, measureVersion, brightness, sharpness)
}

function predict(project: OpenProject, id: number, classId: number, probability: number, margin: number) {
  project.database
    .prepare('INSERT OR REPLACE INTO image_predictions VALUES (?, ?, ?, ?)')
    .run(id, classId, probability, margin)
}

function storeRun(
  project: OpenProject,
  classes: readonly string[],
  rows: readonly { id: number; truth: number; probabilities: readonly number[] }[],
): void {
  project.database.prepare("INSERT OR IGNORE INTO dataset_versions VALUES ('v', 1, 0, x'')").run()
  const number = insertRun(project, {
    name: 'a run',
    plan: '{}',
    classes: JSON.stringify(classes),
    counts: '{}',
    dataset_version: 'v',
    weights_sha256: null,
    created_at: 0,
    recipe: null,
    group_number: null,
  })
  storePredictions(project, number, 'test', {
    hashes: rows.map(({ id }) => id.toString(16).padStart(64, '0')),
    truths: Int32Array.from(rows, ({ truth }) => truth),
    probabilities: Float32Array.from(rows.flatMap(({ probabilities }) => probabilities)),
  })
}

describe('orders', () => {
  it('are by path, or by name whatever the folder, digits by their number', async () => {
    const { by } = start(['b/img10.jpg', 'a/img9.jpg', 'b/img2.jpg', 'a/img10.jpg'])
    expect(await by('path')).toEqual(['a/img9.jpg', 'a/img10.jpg', 'b/img2.jpg', 'b/img10.jpg'])
    // Equal names by path.
    expect(await by('name')).toEqual(['b/img2.jpg', 'a/img9.jpg', 'a/img10.jpg', 'b/img10.jpg'])
    expect(await by('name', { descending: true })).toEqual([
      'a/img10.jpg',
      'b/img10.jpg',
      'a/img9.jpg',
      'b/img2.jpg',
    ])
    expect(await by('imported')).toEqual(['b/img10.jpg', 'a/img9.jpg', 'b/img2.jpg', 'a/img10.jpg'])
  })

  it('put what is not known last, either way', async () => {
    const { project, ids, by } = start(['a', 'b', 'c', 'd'])
    const [a, b, c] = ids
    measure(project, a, 0.5, 900)
    measure(project, b, 0.25, 0)
    measure(project, c, 0.75, 30_000)
    expect(await by('brightness')).toEqual(['b', 'a', 'c', 'd'])
    expect(await by('brightness', { descending: true })).toEqual(['c', 'a', 'b', 'd'])
    expect(await by('sharpness')).toEqual(['b', 'a', 'c', 'd'])
    const resize = project.database.prepare('UPDATE images SET width = ?, height = ? WHERE id = ?')
    resize.run(100, 40, a)
    resize.run(30, 50, c)
    expect(await by('pixels')).toEqual(['c', 'a', 'b', 'd'])
    expect(await by('pixels', { descending: true })).toEqual(['a', 'c', 'b', 'd'])
    const time = project.database.prepare('UPDATE images SET modified_ms = ? WHERE id = ?')
    time.run(20 * day, a)
    time.run(10 * day, b)
    // The camera's clock comes before the file's.
    project.database
      .prepare('UPDATE image_measurements SET captured_at = ? WHERE image_id = ?')
      .run(5 * day, a)
    expect(await by('taken')).toEqual(['a', 'b', 'c', 'd'])
  })

  it('by class and split go by the order of classes and the use of splits', async () => {
    const { context, project, ids, by } = start(['a', 'b', 'c', 'd'])
    const [a, b, c, d] = ids
    const [ant, bee] = [createClass(context, project, 'ant'), createClass(context, project, 'bee')]
    setLabels(context, project, [b, d], bee.id)
    setLabels(context, project, [c], ant.id)
    // Of several classes the first counts.
    setLabels(context, project, [d], ant.id, 'add')
    expect(await by('class')).toEqual(['c', 'd', 'b', 'a'])
    setSplit(context, project, [d], 'train')
    setSplit(context, project, [a], 'test')
    expect(await by('split')).toEqual(['d', 'a', 'b', 'c'])
  })

  it('by confidence and margin are of the newest head, or of the run that the filter names', async () => {
    const { context, project, ids, by, list } = start(['a', 'b', 'c', 'd'])
    const [a, b, c] = ids
    const ant = createClass(context, project, 'ant')
    predict(project, a, ant.id, 0.9, 0.2)
    predict(project, b, ant.id, 0.6, 0.5)
    expect(await by('confidence')).toEqual(['b', 'a', 'c', 'd'])
    expect(await by('margin')).toEqual(['a', 'b', 'c', 'd'])
    storeRun(
      project,
      ['ant', 'bee', 'cow'],
      [
        { id: a, truth: 0, probabilities: [0.7, 0.2, 0.1] },
        { id: c, truth: 0, probabilities: [0.25, 0.35, 0.4] },
      ],
    )
    const ofRun = async (key: ImageSortKey) =>
      (await list({ filter: { run: 'r1' }, sort: { by: key, descending: true } })).names
    expect(await ofRun('confidence')).toEqual(['a', 'c', 'b', 'd'])
    expect(await ofRun('margin')).toEqual(['a', 'c', 'b', 'd'])
    await expect(list({ filter: { run: 'r2' }, sort: { by: 'margin', descending: false } })).rejects.toThrow(
      expect.objectContaining({ code: 'run-not-found' }),
    )
  })

  it('by similarity go by the cached features, the image itself first', async () => {
    const { project, ids, by } = start(['a', 'b', 'c', 'd'])
    const [a, b, c, d] = ids
    await expect(by('similarity', { likeId: b })).rejects.toThrow(
      expect.objectContaining({ code: 'features-missing' }),
    )
    const files = 'test'
    const head = {
      source: 'none' as const,
      runId: null,
      labelled: 0,
      images: 3,
      accuracy: null,
      createdAt: 1,
      seconds: 1,
    }
    project.transaction(() => storeHead(project, { ...head, version: 'v', curve: [], files, width: 2 }))
    storeFeatureIds(project, files, [a, b, d])
    const values = Float32Array.of(1, 0, 0, 1, 0.6, 0.8)
    writeFileSync(join(suggestionsFolder(project), `${files}.f32`), Buffer.from(values.buffer))
    expect(await by('similarity', { likeId: b })).toEqual(['b', 'd', 'a', 'c'])
    expect(await by('similarity', { likeId: b, descending: true })).toEqual(['a', 'd', 'b', 'c'])
    await expect(by('similarity', { likeId: c })).rejects.toThrow(
      expect.objectContaining({ code: 'features-missing' }),
    )
  })
})

describe('groups', () => {
  it('are one after another, each in the order asked for, with counts', async () => {
    const { context, project, ids, list } = start(['x/b', 'x/a', 'y/z/c', 'd'])
    const [, a, c] = ids
    const ant = createClass(context, project, 'ant')
    const bee = createClass(context, project, 'bee')
    setLabels(context, project, [a], bee.id)
    setLabels(context, project, [c], ant.id)
    expect(await list({ grouping: 'folder', sort: { by: 'path', descending: true } })).toEqual({
      names: ['d', 'x/b', 'x/a', 'y/z/c'],
      groups: [
        ['', 1],
        ['x', 2],
        ['y/z', 1],
      ],
    })
    expect(await list({ grouping: 'class' })).toEqual({
      names: ['y/z/c', 'x/a', 'd', 'x/b'],
      groups: [
        [ant.id, 1],
        [bee.id, 1],
        [null, 2],
      ],
    })
    expect((await list({ grouping: 'split' })).groups).toEqual([[null, 4]])
    predict(project, a, ant.id, 0.5, 0.1)
    expect((await list({ grouping: 'predicted', filter: { classIds: [bee.id, null] } })).groups).toEqual([
      [ant.id, 1],
      [null, 2],
    ])
  })

  it('of imports and days begin with the newest', async () => {
    const { project, ids, list } = start(['a', 'b', 'c', 'd'])
    const addImport = project.database.prepare(
      "INSERT INTO imports (source, storage, labels_from, split_from, started_at) VALUES ('/p', 'link', 'none', 'none', ?)",
    )
    const noon = (date: string) => new Date(`${date}T12:00:00`).getTime()
    addImport.run(noon('2026-01-31'))
    addImport.run(noon('2026-02-01'))
    const change = project.database.prepare('UPDATE images SET import_id = ?, modified_ms = ? WHERE id = ?')
    const [a, b, c] = ids
    change.run(1, noon('2025-12-24'), a)
    change.run(2, noon('2025-12-31'), b)
    change.run(2, null, c)
    expect(await list({ grouping: 'import' })).toEqual({
      names: ['b', 'c', 'a', 'd'],
      groups: [
        [2, 2],
        [1, 1],
        [null, 1],
      ],
    })
    expect((await list({ grouping: 'imported' })).groups).toEqual([
      ['2026-02-01', 2],
      ['2026-01-31', 1],
      [null, 1],
    ])
    expect((await list({ grouping: 'taken' })).groups).toEqual([
      ['2025-12-31', 1],
      ['2025-12-24', 1],
      [null, 2],
    ])
  })
})

describe('filters', () => {
  it('take text in any case of letters, sizes by the shorter side, and imports', async () => {
    const { project, ids, names } = start(['Straße/Ä.jpg', 'b/50%_off.jpg', 'c', 'd'])
    expect(await names({ text: 'STRASSE' })).toEqual([])
    expect(await names({ text: 'ä.JPG' })).toEqual(['Straße/Ä.jpg'])
    expect(await names({ text: '%' })).toEqual(['b/50%_off.jpg'])
    const [a, b, c] = ids
    const resize = project.database.prepare('UPDATE images SET width = ?, height = ? WHERE id = ?')
    resize.run(5000, 63, a)
    resize.run(64, 64, b)
    resize.run(4000, 3000, c)
    expect(await names({ sides: [0] })).toEqual(['Straße/Ä.jpg'])
    expect(await names({ sides: [64, 2048] })).toEqual(['b/50%_off.jpg', 'c'])
    expect(await names({ sides: [null] })).toEqual(['d'])
    expect(await names({ importIds: [null] })).toHaveLength(4)
    expect(await names({ importIds: [1] })).toEqual([])
  })

  it('go by what a run said of the images it was scored by', async () => {
    const { context, project, ids, names } = start(['a', 'b', 'c', 'd'])
    const [a, b, c, d] = ids
    const bee = createClass(context, project, 'bee')
    const ant = createClass(context, project, 'ant')
    storeRun(
      project,
      ['ant', 'bee'],
      [
        { id: a, truth: 0, probabilities: [0.9, 0.1] },
        { id: b, truth: 0, probabilities: [0.25, 0.75] },
        { id: c, truth: 1, probabilities: [0.5, 0.5] },
      ],
    )
    expect(await names({ run: 'r1' })).toHaveLength(4)
    expect(await names({ run: 'r1', correct: true })).toEqual(['a'])
    expect(await names({ run: 'r1', correct: false })).toEqual(['b', 'c'])
    expect(await names({ run: 'r1', predictedIds: [ant.id] })).toEqual(['a', 'c'])
    expect(await names({ run: 'r1', predictedIds: [bee.id, null] })).toEqual(['b', 'd'])
    expect(await names({ run: 'r1', confidence: [0.75, 0.9] })).toEqual(['a', 'b'])
    expect(await names({ run: 'r1', confidence: [0, 0.6], correct: false })).toEqual(['c'])
    // Suggestions are right by the labels there are.
    predict(project, d, ant.id, 0.4, 0.1)
    expect(await names({ correct: true })).toEqual([])
    setLabels(context, project, [d], ant.id)
    expect(await names({ correct: true })).toEqual(['d'])
    // A class that is gone is predicted no longer.
    deleteClass(context, project, ant.id)
    expect(await names({ predictedIds: [null] })).toHaveLength(4)
    undo(context, project)
    expect(await names({ predictedIds: [ant.id] })).toEqual(['d'])
  })

  it('go by what hygiene found, conflicts by the labels there are now', async () => {
    const { context, project, ids, names } = start(['a', 'b', 'c', 'd'])
    const [a, b, c, d] = ids
    for (const id of [a, b, c]) measure(project, id, 0.5, 5000)
    measure(project, d, 0.01, 5000)
    expect(await names({ issues: ['dark', 'blurry'] })).toEqual(['d'])
    project.database.prepare('INSERT INTO near_duplicates VALUES (?, ?, 0.99)').run(a, b)
    expect(await names({ issues: ['near-duplicates'] })).toEqual(['a', 'b'])
    expect(await names({ issues: ['conflict'] })).toEqual([])
    const [ant, bee] = [createClass(context, project, 'ant'), createClass(context, project, 'bee')]
    setLabels(context, project, [a], ant.id)
    setLabels(context, project, [b], bee.id)
    expect(await names({ issues: ['conflict', 'dark'] })).toEqual(['a', 'b', 'd'])
    setLabels(context, project, [b], ant.id)
    expect(await names({ issues: ['conflict'] })).toEqual([])
    // Where findings begin is a person's to say.
    project.database.prepare('UPDATE image_measurements SET brightness = 0.05 WHERE image_id = ?').run(d)
    expect(await names({ issues: ['dark'] })).toEqual(['d'])
    storeLimit(project, 'dark', 0.02)
    expect(await names({ issues: ['dark'] })).toEqual([])
  })
})

it('values of a part are counted among the images that the other parts let through', async () => {
  const { context, project, ids } = start(['x/a', 'x/b', 'y/c', 'y/d'])
  const [a, b, c, d] = ids
  const [ant, bee] = [createClass(context, project, 'ant'), createClass(context, project, 'bee')]
  setLabels(context, project, [a, b], ant.id)
  setLabels(context, project, [b, c], bee.id, 'add')
  setSplit(context, project, [a, c], 'train')
  setMarks(context, project, [a, b], { flagged: true })
  setMarks(context, project, [b, d], { unsure: true })
  predict(project, a, bee.id, 0.95, 0.9)
  predict(project, c, bee.id, 1, 1)
  const counts = async (filter: ImageFilter, facet: keyof Awaited<ReturnType<typeof facetsOf>>) =>
    Object.fromEntries(
      ((await facetsOf(project, filter, [facet]))[facet] ?? []).map(({ value, count }) => [value, count]),
    )
  expect(await counts({}, 'classIds')).toEqual({ [ant.id]: 2, [bee.id]: 2, null: 1 })
  // Its own choice does not narrow it; the others do.
  expect(await counts({ classIds: [ant.id], text: 'x/' }, 'classIds')).toEqual({ [ant.id]: 2, [bee.id]: 1 })
  expect(await counts({ classIds: [ant.id], splits: [null] }, 'splits')).toEqual({ train: 1, null: 1 })
  expect(await counts({ flagged: true }, 'marks')).toEqual({ flagged: 2, unsure: 1 })
  expect(await counts({}, 'predictedIds')).toEqual({ [bee.id]: 2, null: 2 })
  expect(await counts({}, 'correct')).toEqual({ true: 1, false: 1 })
  expect(await counts({ confidence: [0, 0.1] }, 'confidence')).toEqual({ 9: 2, null: 2 })
  expect(await counts({ confidence: [0, 0.1] }, 'statuses')).toEqual({})
  expect(await counts({}, 'sides')).toEqual({ null: 4 })
})

it('what is kept in memory stays as if it were read anew, whatever is done and undone', async () => {
  const { context, project, ids } = start(Array.from({ length: 60 }, (_, index) => `f${index % 7}/${index}`))
  const classes = ['ant', 'bee', 'cow'].map((name) => createClass(context, project, name).id)
  const { uniform } = createRandom({ seed: 3, purpose: 'list' })
  const whole = (below: number): number => Math.floor(uniform() * below)
  const some = (): number[] => ids.filter(() => uniform() < 0.2)
  await listImages(project, { grouping: 'class' })
  for (let step = 0; step < 120; step += 1) {
    const chosen = some()
    try {
      const action = whole(8)
      if (action === 0) setLabels(context, project, chosen, classes[whole(3)] ?? null)
      else if (action === 1) setLabels(context, project, chosen, classes[whole(3)] ?? 0, 'add')
      else if (action === 2) setSplit(context, project, chosen, 'test')
      else if (action === 3) setMarks(context, project, chosen, { flagged: uniform() < 0.5, note: 'n' })
      else if (action === 4) removeImages(context, project, chosen.slice(0, 2))
      else if (action === 5) predict(project, ids[whole(60)] ?? 0, classes[whole(3)] ?? 0, uniform(), 0.1)
      else if (action === 6) undo(context, project)
      else redo(context, project)
    } catch (error) {
      expect(['nothing-to-undo', 'nothing-to-redo', 'image-not-found', 'class-not-found']).toContain(
        (error as { code?: string }).code,
      )
    }
    if (step % 10 === 0) await listImages(project, { grouping: 'class' })
  }
  const everything = async (of: OpenProject) =>
    Promise.all([
      ...imageGroupings.map((grouping) => listImages(of, { grouping })),
      ...imageSortKeys
        .filter((by) => by !== 'similarity')
        .map((by) => listImages(of, { sort: { by, descending: true } })),
      facetsOf(of, { flagged: true }, ['classIds', 'splits', 'marks', 'predictedIds', 'confidence']),
    ])
  const kept = await everything(project)
  await context.projects.close(project.id)
  expect(await everything(context.projects.open(project.path))).toEqual(kept)
})
