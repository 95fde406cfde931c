/**
 * Lists of 100,000 images as the Images page asks for them, by requests to a core that answers as in the app: every order, grouping and part of the
 * filter, then the counts of all values of the filter. The median of five, each beside how long core kept others waiting at most: whoever labels
 * meanwhile waits for that.
 *
 *     node bench/image-queries.ts [--images 100000] [--repeats 5]
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { imageFacets, imageGroupings, imageIssues, imageSortKeys } from '../src/contract/image-query.ts'
import type { RequestInput } from '../src/contract/requests/index.ts'
import { trainPlanSchema } from '../src/contract/train-plan.ts'
import { createHeadlessCore } from '../src/headless/host.ts'
import { measureVersion } from '../src/imaging/measure.ts'
import { createRandom } from '../src/models/random.ts'
import { benchOptions } from './options.ts'
import { quantile } from './quantile.ts'
import { report, withTemporaryFolder } from './thaw.ts'

const { images, repeats } = benchOptions({ images: 100_000, repeats: 5 })
const classCount = 20
const importCount = 5
const folderCount = 400
/** As the trainer reduces features. */
const width = 128
const limitMs = 200
const firstTime = Date.UTC(2024, 0, 1)

/** A project of images that were measured, compared, embedded and scored by a run. */
function fill(projectFolder: string): void {
  const database = new Database(join(projectFolder, 'project.sqlite'))
  const { uniform } = createRandom({ seed: 1, purpose: 'bench' })
  const whole = (below: number): number => Math.floor(uniform() * below)
  const put = (table: string, columns: string) =>
    database.prepare<(string | number | Buffer | null)[]>(
      `INSERT INTO ${table} (${columns}) VALUES (${columns
        .split(',')
        .map(() => '?')
        .join()})`,
    )
  const splits = ['train', 'train', 'train', 'validation', 'test', null]
  const hashOf = (id: number): string => id.toString(16).padStart(64, '0')
  database.transaction(() => {
    const imports = put('imports', 'source,storage,labels_from,split_from,started_at')
    for (let index = 0; index < importCount; index += 1)
      imports.run(`/pictures/${index}`, 'link', 'folder', 'none', firstTime + index * 86_400_000)
    const image = put(
      'images',
      'path,relative_path,sort_key,size_bytes,sha256,width,height,format,split,status,import_id,modified_ms',
    )
    const label = put('annotations', 'image_id,class_id')
    const measured = put(
      'image_measurements',
      'image_id,version,perceptual_hash,brightness,contrast,sharpness,saturation,compared_by',
    )
    const predicted = put('image_predictions', 'image_id,class_id,probability,margin')
    const marks = put('image_marks', 'image_id,flagged,unsure,note')
    const pairs = put('near_duplicates', 'image_id,other_id,similarity')
    const hash = Buffer.alloc(8)
    for (let id = 1; id <= images; id += 1) {
      const name = `folder ${id % folderCount}/picture ${String(whole(1e6)).padStart(8, '0')} ${id}.jpg`
      image.run(
        ...[`/pictures/${name}`, name, name, 1000 + id, hashOf(id), 100 + whole(4000), 100 + whole(3000)],
        ...['jpeg', splits[id % splits.length] ?? null, 'ready', 1 + (id % importCount)],
        firstTime + whole(365) * 86_400_000,
      )
      if (id % 3 > 0) label.run(id, 1 + (id % classCount))
      measured.run(id, measureVersion, hash, uniform(), uniform() / 2, whole(5000), uniform(), 1)
      predicted.run(id, 1 + whole(classCount), uniform(), uniform())
      if (id % 50 === 0) marks.run(id, id % 100 === 0 ? 1 : 0, id % 150 === 0 ? 1 : 0, null)
      if (id % 40 === 0 && id > 40) pairs.run(id - 1, id, 0.99)
    }
    const classes = Array.from({ length: classCount }, (_, index) => `class ${index}`)
    put('dataset_versions', 'hash,images,created_at,content').run('bench', images, 0, Buffer.alloc(0))
    put('runs', 'name,status,plan,classes,counts,dataset_version,created_at').run(
      ...['bench', 'completed', JSON.stringify(trainPlanSchema.parse({})), JSON.stringify(classes)],
      ...[JSON.stringify({ train: 0, validation: 0, test: 0 }), 'bench', 0],
    )
    const predictions = put('predictions', 'run_number,split,images,hashes,truths,probabilities')
    for (const [at, split] of [
      [3, 'validation'],
      [4, 'test'],
    ] as const) {
      const ids = Array.from({ length: images }, (_, index) => index + 1).filter(
        (id) => id % splits.length === at,
      )
      const probabilities = Float32Array.from({ length: ids.length * classCount }, uniform)
      const truths = Int32Array.from(ids, (id) => id % classCount)
      predictions.run(
        ...[1, split, ids.length, Buffer.from(ids.map(hashOf).join(''), 'hex')],
        ...[Buffer.from(truths.buffer), Buffer.from(probabilities.buffer)],
      )
    }
    const head = { source: 'head', labelled: 1, images, accuracy: null, createdAt: 1, seconds: 1 }
    const stored = { ...head, version: 'bench', curve: [], files: 'bench', width }
    put('meta', 'key,value').run('suggestions.head', JSON.stringify(stored))
  })()
  database.close()
}

/** Notes how long this process lets nothing else happen. */
function watchOthers(): { longest: () => Promise<number> } {
  let last = performance.now()
  let longest = 0
  let isOn = true
  const turn = (): void => {
    const now = performance.now()
    longest = Math.max(longest, now - last)
    last = now
    if (isOn) setImmediate(turn)
  }
  setImmediate(turn)
  return {
    async longest() {
      await new Promise((resolve) => setImmediate(resolve))
      isOn = false
      return longest
    },
  }
}

await withTemporaryFolder(async (folder) => {
  process.env.THAW_HOME = join(folder, 'home')
  const path = join(folder, 'bench.thaw')
  const open = () => createHeadlessCore({ host: 'memory' }).core
  let core = open()
  const created = await core.request('projects.create', { path })
  for (let index = 0; index < classCount; index += 1)
    await core.request('classes.create', { projectId: created.id, name: `class ${index}` })
  await core.request('suggestions.status', { projectId: created.id })
  await core.close()
  fill(path)
  const { uniform } = createRandom({ seed: 2, purpose: 'features' })
  const features = join(path, 'cache', 'suggestions')
  mkdirSync(features, { recursive: true })
  writeFileSync(
    join(features, 'bench.json'),
    JSON.stringify(Array.from({ length: images }, (_, at) => at + 1)),
  )
  writeFileSync(
    join(features, 'bench.f32'),
    Buffer.from(Float32Array.from({ length: images * width }, uniform).buffer),
  )

  core = open()
  try {
    const { id: projectId } = await core.request('projects.open', { path })
    const slowest = { name: '', ms: 0, first: '', firstMs: 0 }
    /** Times a request; the first time apart, since what it needs may be read then. */
    async function time(name: string, ask: () => Promise<unknown>): Promise<void> {
      const times: number[] = []
      const processor: number[] = []
      for (let repeat = 0; repeat <= repeats; repeat += 1) {
        await new Promise((resolve) => setTimeout(resolve, 20))
        const start = performance.now()
        const usage = process.cpuUsage()
        await ask()
        times.push(performance.now() - start)
        const { user, system } = process.cpuUsage(usage)
        processor.push((user + system) / 1000)
      }
      const others = watchOthers()
      await ask()
      const waited = await others.longest()
      const [first = 0, ...later] = times
      const ms = quantile(later, 0.5)
      console.log(
        `      ${name.padEnd(36)} ${ms.toFixed(1).padStart(7)} ms (processor ${quantile(processor.slice(1), 0.5).toFixed(1)}), first ${first.toFixed(1)} ms (${(processor[0] ?? 0).toFixed(1)}), others waited ${waited.toFixed(0)} ms`,
      )
      if (ms > slowest.ms) Object.assign(slowest, { name, ms })
      if (first > slowest.firstMs) Object.assign(slowest, { first: name, firstMs: first })
    }
    type Query = Omit<RequestInput<'images.ids'>, 'projectId'>
    const list = (name: string, query: Query) =>
      time(name, () => core.request('images.ids', { projectId, ...query }))

    await list('nothing asked for', {})
    // What lists go by is read behind the first of them; nobody sorts within this time of opening.
    await new Promise((resolve) => setTimeout(resolve, 1500))
    for (const by of imageSortKeys) {
      const likeId = by === 'similarity' ? Math.ceil(images / 2) : undefined
      await list(`by ${by}`, { sort: { by, ...(likeId && { likeId }) } })
    }
    await list('by confidence of a run', { sort: { by: 'confidence' }, filter: { run: 'r1' } })
    await list('by margin of a run, descending', {
      sort: { by: 'margin', descending: true },
      filter: { run: 'r1' },
    })
    for (const grouping of imageGroupings) await list(`group by ${grouping}`, { grouping })
    const filters: Record<string, Query['filter']> = {
      'of a class': { classIds: [3] },
      unlabelled: { classIds: [null] },
      'of splits': { splits: ['test', null] },
      flagged: { flagged: true },
      'not unsure': { unsure: false },
      'with a text': { text: 'Picture 0009' },
      'of an import': { importIds: [2] },
      ...Object.fromEntries(imageIssues.map((issue) => [`issue: ${issue}`, { issues: [issue] }])),
      'of a size': { sides: [128, 256] },
      'predicted by suggestions': { predictedIds: [4] },
      'predicted by a run': { run: 'r1', predictedIds: [4] },
      'wrong by a run': { run: 'r1', correct: false },
      'of a confidence': { confidence: [0.2, 0.4] },
      'of a confidence of a run': { run: 'r1', confidence: [0.9, 1] },
    }
    for (const [name, filter] of Object.entries(filters)) await list(name, { filter })
    const many = {
      classIds: [3, 5, null],
      splits: ['train' as const, null],
      text: 'picture 0',
      sides: [256, 512],
    }
    await list('several parts, by name, by folder', {
      filter: many,
      sort: { by: 'name' },
      grouping: 'folder',
    })
    await time('counts of all values', () =>
      core.request('images.facets', { projectId, facets: [...imageFacets] }),
    )
    await time('counts of all values, filtered', () =>
      core.request('images.facets', { projectId, filter: { ...many, run: 'r1' }, facets: [...imageFacets] }),
    )
    // Labels change what is listed: only what changed is read again.
    let labelled = 1
    await time('counts after a label', async () => {
      labelled += 3
      await core.request('labels.set', {
        projectId,
        imageIds: [labelled],
        classId: 1 + (labelled % classCount),
      })
      await core.request('images.facets', { projectId, facets: ['classIds'] })
    })
    report(
      `the slowest (${slowest.name})`,
      `${slowest.ms.toFixed(0)} ms`,
      `<= ${limitMs} ms`,
      slowest.ms <= limitMs,
    )
    console.log(`      the slowest first time: ${slowest.first}, ${slowest.firstMs.toFixed(0)} ms`)
  } finally {
    await core.close()
  }
})
