import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { EventName } from '../../src/contract/events.ts'
import { events } from '../../src/contract/events.ts'
import {
  requests,
  type RequestInput,
  type RequestName,
  type RequestOutput,
} from '../../src/contract/requests/index.ts'
import { createCore, type Core } from '../../src/core/create-core.ts'
import { launchNodeProcess } from '../../src/core/processes/launch-node-process.ts'
import { serve } from '../../src/core/serve.ts'
import type { DownloadableWeights } from '../../src/models/backbone.ts'
import { createClient, type Client } from '../../src/renderer/src/client/client.ts'
import { startPublisher, whole } from '../core/backbones/publisher-server.ts'
import { writeTorchSafetensors } from '../core/weights/write-foreign-file.ts'
import { memoryWires, messagePortWires, webSocketWires, type WirePair } from './wires.ts'

const source = (path: string) => join(import.meta.dirname, '../../src', path)

const transports: [string, () => WirePair | Promise<WirePair>][] = [
  ['memory', memoryWires],
  ['MessagePort', messagePortWires],
  ['WebSocket', webSocketWires],
]

/** Answered by a host's own dialogs, or measured in the trainer's tests: seconds each. */
const elsewhere = new Set<RequestName>(['app.doctor'])

/** Without what JSON does not send. */
const asSent = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

describe.each(transports)('every request over %s', (_name, connect) => {
  let folder: string
  let core: Core
  let wires: WirePair
  let client: Client
  let projectId: string
  let projectPath: string
  const asked = new Set<RequestName>()
  const seen = new Set<EventName>()
  const wrongEvents: unknown[] = []
  /** In place of a publisher's file. */
  let served: Pick<DownloadableWeights, 'url' | 'hash'>

  /** Asks over the wire; the answer must be exactly what the contract says. */
  async function ask<Name extends RequestName>(
    name: Name,
    input: RequestInput<Name>,
  ): Promise<RequestOutput<Name>> {
    asked.add(name)
    const answer = await client.request(name, input)
    const parsed = requests[name].output.safeParse(answer)
    expect(parsed.error?.issues, name).toBeUndefined()
    // Zod drops what it does not know: nothing else may come along.
    expect(parsed.data, name).toEqual(answer)
    return answer
  }
  const refused = (name: RequestName, input: unknown, code: string) => {
    asked.add(name)
    return expect(client.request(name, input as never), name).rejects.toMatchObject({
      name: 'AppError',
      code,
      message: expect.stringMatching(/\S.{10,}/),
    })
  }

  beforeAll(async () => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'thaw-contract-')))
    const log = pino({ level: 'silent' })
    core = createCore({
      dataDir: join(folder, 'data'),
      resourcesDir: join(import.meta.dirname, '../../resources'),
      host: 'browser',
      version: '0.0.0-test',
      launchTrainer: launchNodeProcess(source('trainer/main.ts')),
      launchImaging: launchNodeProcess(source('imaging/worker.ts')),
      resolveDownload: (published) => ({ ...published, ...served }),
      log,
    })
    wires = await connect()
    serve(core, wires.server, log)
    client = createClient((onWire) => onWire(wires.client))
    for (const name of Object.keys(events) as EventName[]) {
      client.on(name, (payload) => {
        seen.add(name)
        const parsed = events[name].safeParse(payload)
        if (!parsed.success || !isDeepStrictEqual(asSent(parsed.data), asSent(payload))) {
          wrongEvents.push({ name, payload, error: parsed.error?.issues })
        }
      })
    }
  })

  afterAll(async () => {
    await core.close()
    await wires.dispose()
    rmSync(folder, { recursive: true, force: true })
  })

  it('app', async () => {
    expect(await ask('app.info', {})).toMatchObject({ host: 'browser', version: '0.0.0-test' })
    expect(await ask('app.settings', {})).toEqual({ locale: null, theme: 'system' })
    expect(await ask('app.updateSettings', { theme: 'dark' })).toEqual({ locale: null, theme: 'dark' })
    expect(await ask('app.settings', {})).toEqual({ locale: null, theme: 'dark' })
    mkdirSync(join(folder, 'pictures here'))
    const { entries } = await ask('app.listFolder', { path: folder })
    expect(entries.map((entry) => entry.name)).toContain('pictures here')
    await refused('app.listFolder', { path: join(folder, 'gone') }, 'source-not-found')
    await refused('app.pickFolder', { kind: 'folder' }, 'invalid-input')
  })

  it('projects', async () => {
    const empty = await ask('projects.create', { path: join(folder, 'empty.thaw'), name: 'Nothing yet' })
    expect(await ask('projects.open', { path: empty.path })).toEqual(empty)
    await refused('projects.create', { path: empty.path }, 'project-exists')
    await refused('projects.create', { path: join(folder, 'empty') }, 'project-name-invalid')
    await refused('projects.open', { path: folder }, 'project-not-a-project')
    expect((await ask('projects.stats', { projectId: empty.id })).images).toBe(0)
    expect((await ask('projects.opened', {})).projects).toEqual([empty])
    await ask('projects.close', { projectId: empty.id })
    await refused('projects.stats', { projectId: empty.id }, 'project-not-found')
    expect((await ask('projects.recent', {})).projects).toMatchObject([{ name: 'Nothing yet', exists: true }])
    await ask('projects.forgetRecent', { path: empty.path })
    expect((await ask('projects.recent', {})).projects).toEqual([])
    const ofFolder = await ask('projects.forFolder', { folder: join(folder, 'pictures here') })
    expect(ofFolder.path).toBe(join(folder, 'pictures here.thaw'))

    const sample = await ask('projects.sample', {
      path: join(folder, 'sample.thaw'),
      images: 30,
      sizePx: 48,
      classes: 3,
      seed: 1,
    })
    expect(sample).toMatchObject({ images: 30, classes: 3 })
    projectId = sample.project.id
    projectPath = sample.project.path
    expect(await ask('projects.stats', { projectId })).toMatchObject({ images: 30, labelled: 30, pending: 0 })
    expect(await ask('projects.check', { projectId })).toEqual({ ok: true, problems: [] })
  })

  it('images', async () => {
    const { ids } = await ask('images.ids', { projectId })
    expect(ids).toHaveLength(30)
    const { images } = await ask('images.get', { projectId, ids: ids.slice(0, 3) })
    expect(images.map((image) => image.id)).toEqual(ids.slice(0, 3))
    expect((await ask('images.counts', { projectId })).total).toBe(30)
    const { groups } = await ask('images.ids', { projectId, grouping: 'class', sort: { by: 'pixels' } })
    expect(groups).toHaveLength(3)
    const { facets } = await ask('images.facets', { projectId, facets: ['classIds', 'statuses'] })
    expect(facets).toMatchObject({ classIds: groups, statuses: [{ value: 'ready', count: 30 }] })
    expect((await ask('images.imports', { projectId })).imports).toHaveLength(1)
    await refused('images.ids', { projectId, sort: { by: 'similarity', likeId: ids[0] } }, 'features-missing')
    const pictures = join(projectPath, 'pictures')
    expect(await ask('images.previewImport', { source: pictures })).toMatchObject({
      files: 30,
      splitFolders: false,
    })
    const { jobId } = await ask('images.import', { projectId, source: pictures })
    expect(await ask('images.importReport', { projectId, jobId })).toMatchObject({ imported: 0 })
    const asked = { projectId, format: 'csv' as const, outPath: join(folder, 'written') }
    expect(await ask('images.export', asked)).toMatchObject({ files: 31, skipped: [], renamed: [] })
    await refused('images.export', asked, 'target-exists')
    await ask('jobs.list', { projectId })
    await refused('jobs.cancel', { projectId, jobId: 'no-such-job' }, 'job-not-found')
    await ask('jobs.pause', { projectId, jobId })
    await ask('jobs.resume', { projectId, jobId })
    await refused('jobs.pause', { projectId, jobId: 'no-such-job' }, 'job-not-found')
    await refused('images.import', { projectId, source: join(folder, 'gone') }, 'source-not-found')
    const noPicture = { name: 'a.png', base64: btoa('words') }
    await refused(
      'images.addPictures',
      { projectId, origin: 'camera', classId: null, pictures: [noPicture] },
      'import-invalid',
    )
    const incoming = join(folder, 'pictures here')
    const watched = await ask('watching.add', { projectId, path: incoming })
    expect(await ask('watching.list', { projectId })).toMatchObject({ folders: [{ id: watched.id }] })
    await ask('watching.remove', { projectId, folderId: watched.id })
    await refused('watching.add', { projectId, path: join(folder, 'gone') }, 'source-not-found')
    await refused('watching.add', { projectId, path: pictures }, 'import-invalid')
    const thumbnail = await core.media.thumbnail(projectId, images[0]?.sha256 as string)
    expect(thumbnail).not.toBeNull()
  })

  it('labels, classes, splits and journal', async () => {
    const { ids } = await ask('images.ids', { projectId })
    const owl = await ask('classes.create', { projectId, name: '<b>owl</b>' })
    await refused('classes.create', { projectId, name: '<b>owl</b>' }, 'class-exists')
    expect(await ask('labels.set', { projectId, imageIds: ids.slice(0, 4), classId: owl.id })).toEqual({
      changed: 4,
    })
    expect(await ask('classes.update', { projectId, classId: owl.id, name: 'owl' })).toMatchObject({
      name: 'owl',
      images: 4,
    })
    expect((await ask('images.ids', { projectId, filter: { classIds: [owl.id] } })).ids).toHaveLength(4)
    expect((await ask('classes.list', { projectId })).classes).toHaveLength(4)
    expect(await ask('classes.delete', { projectId, classId: owl.id })).toEqual({ changed: 4 })
    expect(await ask('images.remove', { projectId, imageIds: ids.slice(0, 2) })).toEqual({ changed: 2 })
    expect(await ask('splits.set', { projectId, imageIds: ids.slice(2, 4), split: 'test' })).toEqual({
      changed: 2,
    })
    for (const kind of [
      'splits.set',
      'images.remove',
      'classes.delete',
      'classes.rename',
      'labels.set',
      'classes.create',
    ]) {
      expect(await ask('journal.undo', { projectId })).toMatchObject({ kind, undone: true })
    }
    expect(await ask('journal.redo', { projectId })).toMatchObject({ kind: 'classes.create', undone: false })
    await ask('journal.undo', { projectId })
    expect(await ask('journal.list', { projectId })).toMatchObject({ canRedo: true })
    expect(await ask('projects.stats', { projectId })).toMatchObject({ images: 30, labelled: 30 })
    const file = join(folder, 'labels.csv')
    const [listed] = (await ask('images.get', { projectId, ids: ids.slice(0, 1) })).images
    writeFileSync(file, `path,class\n${listed?.path},wasp\ngone.jpg,wasp\n`)
    expect(await ask('labels.setListed', { projectId, file })).toEqual({
      applied: 1,
      changed: 1,
      unknown: ['gone.jpg'],
      withoutClass: 0,
      madeClasses: ['wasp'],
    })
    await refused('labels.setListed', { projectId, file: join(folder, 'gone.csv') }, 'source-not-found')
    await ask('journal.undo', { projectId })
    const { classes } = await ask('classes.list', { projectId })
    const order = classes.map(({ id }) => id).toReversed()
    await ask('classes.reorder', { projectId, classIds: order })
    const moth = await ask('classes.splitOff', { projectId, imageIds: ids.slice(0, 2), name: 'moth' })
    expect(await ask('marks.set', { projectId, imageIds: ids.slice(0, 1), flagged: true })).toEqual({
      changed: 1,
    })
    expect(await ask('classes.merge', { projectId, fromId: moth.id, intoId: order[0] as number })).toEqual({
      changed: 2,
    })
    const view = await ask('views.save', {
      projectId,
      name: 'moths',
      filter: { text: 'moth' },
      sort: { by: 'name' },
    })
    expect(await ask('views.list', { projectId })).toEqual({ views: [view] })
    await ask('views.delete', { projectId, viewId: view.id })
    const { entries } = await ask('journal.list', { projectId, limit: 7 })
    expect(await ask('journal.undoTo', { projectId, entryId: entries[6]?.id ?? null })).toEqual({ undone: 6 })
    const made = await ask('splits.make', { projectId, validation: 0.2, test: 0.2 })
    expect(made).toMatchObject({ train: 18, validation: 6, test: 6, groups: 30, warnings: [] })
  })

  it('hygiene', async () => {
    expect(await ask('splits.check', { projectId })).toEqual({ leaks: [], toScan: 0 })
    // Making splits has scanned them.
    expect(await ask('hygiene.scan', { projectId })).toEqual({ images: 0, pairs: 0 })
    const { kinds, images } = await ask('hygiene.summary', { projectId })
    expect(images).toBe(30)
    for (const { kind, findings } of kinds) {
      expect((await ask('hygiene.images', { projectId, kind })).findings).toHaveLength(findings)
    }
    const limit = 0.5
    const { findings: dark } = await ask('hygiene.count', { projectId, kind: 'dark', limit })
    await ask('hygiene.setLimit', { projectId, kind: 'dark', limit })
    expect((await ask('hygiene.images', { projectId, kind: 'dark' })).findings).toHaveLength(dark)
    await ask('hygiene.setLimit', { projectId, kind: 'dark', limit: null })
    const { ids } = await ask('images.ids', { projectId })
    const [keepId, otherId] = ids as [number, number]
    expect(await ask('hygiene.dismiss', { projectId, kind: 'dark', findings: [[keepId]] })).toEqual({
      changed: 1,
    })
    const groups = [{ keepId, imageIds: [keepId, otherId] }]
    expect(await ask('hygiene.keep', { projectId, groups })).toEqual({ removed: 1 })
    for (const kind of ['hygiene.keep', 'hygiene.dismiss']) {
      expect(await ask('journal.undo', { projectId })).toMatchObject({ kind, undone: true })
    }
    await refused(
      'hygiene.keep',
      { projectId, groups: [{ keepId: 999_999, imageIds: [1] }] },
      'image-not-found',
    )
  })

  it('backbones and runs', async () => {
    const { backbones } = await ask('backbones.list', {})
    expect(backbones[0]).toMatchObject({ id: 'efficientnet-lite0', installed: true })
    const { layers } = await ask('backbones.show', { id: 'efficientnet-lite0' })
    expect(layers.length).toBeGreaterThan(50)
    await refused('backbones.show', { id: 'nonesuch' }, 'backbone-not-found')
    await refused('backbones.measure', { id: 'nonesuch' }, 'backbone-not-found')
    const file = join(folder, 'squeezenet.safetensors')
    writeTorchSafetensors(file, 'squeezenet1_1')
    const recognized = await ask('backbones.recognize', { file })
    expect(recognized.backbones).toEqual([{ id: 'squeezenet1_1', convention: 'torch', hasClassifier: true }])
    await refused('backbones.recognize', { file: folder }, 'source-not-found')
    const added = await ask('backbones.add', { id: 'squeezenet1_1', file })
    expect(added).toMatchObject({ format: 'safetensors', convention: 'torch', layersMatched: 25 })
    await refused('backbones.add', { id: 'vgg11', file }, 'weights-mismatch')
    await refused('backbones.addModel', { file, id: 'owls' }, 'model-unsupported')
    await ask('backbones.cancelAdd', { id: 'squeezenet1_1' })
    const listed = (await ask('backbones.list', {})).backbones.find(({ id }) => id === 'squeezenet1_1')
    expect(listed).toMatchObject({ weightsSha256: added.sha256, added: { file: 'squeezenet.safetensors' } })
    await ask('backbones.remove', { id: 'squeezenet1_1' })
    await refused('backbones.remove', { id: 'squeezenet1_1' }, 'weights-missing')
    await refused('backbones.classify', { id: 'squeezenet1_1', paths: [file] }, 'weights-missing')

    const publisher = await startPublisher()
    const bytes = readFileSync(file)
    const hash = { md5: createHash('md5').update(bytes).digest('hex') }
    served = { url: `${publisher.origin}/squeezenet.safetensors`, hash }
    await refused('backbones.download', { id: 'squeezenet1_1' }, 'download-failed')
    publisher.answer(whole(bytes))
    const downloaded = await ask('backbones.download', { id: 'squeezenet1_1', source: 'torchvision' })
    expect(downloaded).toEqual({ ...added, address: served.url })
    await ask('backbones.cancelDownload', { id: 'squeezenet1_1' })
    await publisher.close()

    const plan = { epochs: 2, batchSize: 8, inputSize: 32 }
    const { seconds, images: toRead } = await ask('runs.estimate', { projectId, plan })
    expect(seconds.total).toBeGreaterThan(0)
    expect(toRead.toCompute + toRead.cached).toBe(30)
    const { points } = await ask('runs.findLearningRate', { projectId, plan })
    expect(points.length).toBeGreaterThan(1)
    const { run } = await ask('runs.start', { projectId, plan, name: 'first' })
    expect(run).toMatchObject({ name: 'first', counts: { train: 18, validation: 6, test: 6 } })
    const runId = run.id
    const ended = await ask('runs.wait', { projectId, runId })
    expect(ended.error).toBeNull()
    expect(ended).toMatchObject({ status: 'completed', epochsDone: 2 })
    expect((await ask('runs.get', { projectId, runId })).run).toEqual(ended)
    expect((await ask('runs.list', { projectId })).runs).toEqual([ended])
    const { rows } = await ask('runs.metrics', { projectId, runId })
    expect(rows.filter((row) => row.name === 'validation/accuracy')).toHaveLength(2)
    const { evaluation } = await ask('runs.evaluation', { projectId, runId, split: 'test' })
    expect(evaluation).toMatchObject({ split: 'test', support: 6 })
    expect(await ask('runs.evaluate', { projectId, runId, split: 'test' })).toMatchObject({
      accuracy: evaluation?.accuracy,
    })
    const [truth] = run.classes as [string]
    expect(await ask('evaluation.settings', { projectId, runId })).toMatchObject({ rejection: null })
    const ofTest = { projectId, runId, split: 'test' as const }
    expect((await ask('evaluation.curves', { ...ofTest, classes: [truth] })).curves).toHaveLength(3)
    expect((await ask('evaluation.calibration', ofTest)).before?.bins).toHaveLength(15)
    expect((await ask('evaluation.rejection', { ...ofTest, calibrated: false })).curve?.images).toBe(6)
    expect(await ask('evaluation.images', { ...ofTest, only: { wrong: true }, order: 'loss' })).toMatchObject(
      {
        total: 6 - Math.round(6 * (evaluation?.accuracy ?? 0)),
      },
    )
    expect(await ask('evaluation.slices', ofTest)).toMatchObject({ fewest: 10 })
    await refused('evaluation.curves', { ...ofTest, classes: ['nonesuch'] }, 'class-not-found')
    const rule = { threshold: 0.4, byClass: { [truth]: 0.5 }, calibrated: false }
    expect(await ask('evaluation.setThreshold', { projectId, runId, rule })).toMatchObject({
      rejection: rule,
    })
    expect((await ask('evaluation.acceptance', { ...ofTest, rule })).acceptance).toMatchObject({ images: 6 })
    await refused(
      'evaluation.setThreshold',
      { projectId, runId, rule: { ...rule, byClass: { nonesuch: 0.5 } } },
      'class-not-found',
    )
    const { settings } = await ask('comparisons.get', {
      projectId,
      runIds: [runId, runId],
      baseline: runId,
    })
    expect(settings.some(({ differs }) => differs)).toBe(false)
    await refused('comparisons.get', { projectId, runIds: [runId], baseline: runId }, 'invalid-input')
    expect(await ask('comparisons.flips', { projectId, from: runId, to: runId })).toMatchObject({
      split: 'test',
      images: 6,
      flips: [],
    })
    expect((await ask('comparisons.data', { projectId, from: runId, to: runId })).changes).toEqual([])
    expect(await ask('comparisons.baselines', { projectId, runId })).toMatchObject({
      majority: { images: 6 },
      scratch: null,
    })
    const language = 'zh-CN' as const
    const report = await ask('reports.run', { projectId, runId, language, pdf: true })
    expect(report.html).toContain(run.datasetVersion)
    // No host of this suite prints.
    expect(report.pdf).toBeNull()
    await refused('reports.run', { projectId, runId: 'r99', language }, 'run-not-found')
    const pair = { projectId, runIds: [runId, runId], language }
    expect((await ask('reports.comparison', { ...pair, baseline: runId })).html).toContain(run.name)
    await refused('reports.comparison', { ...pair, baseline: 'r99' }, 'run-not-found')
    const { ids } = await ask('images.ids', { projectId })
    const { images } = await ask('images.get', { projectId, ids: ids.slice(0, 2) })
    const sha256 = images[0]?.sha256 as string
    const explained = await ask('runs.explain', { projectId, runId, image: { sha256 } })
    expect(explained).toMatchObject({ method: 'grad-cam', inputSize: 32, map: { height: 2, width: 2 } })
    expect(explained.probabilities.map((one) => one.class).sort()).toEqual([...run.classes].sort())
    await refused(
      'runs.explain',
      { projectId, runId, image: { sha256 }, layer: '_avg_pooling' },
      'layer-too-small',
    )
    await refused('runs.explain', { projectId, runId, image: { sha256: 'f'.repeat(64) } }, 'image-not-found')
    const { neighbours } = await ask('runs.neighbours', { projectId, runId, image: { sha256 }, count: 3 })
    expect(neighbours).toHaveLength(3)
    expect(neighbours.every((one) => one.sha256 !== sha256 && run.classes.includes(one.class))).toBe(true)
    const maps = await ask('runs.layerMaps', { projectId, runId, image: { sha256 }, count: 5 })
    expect(maps.maps).toHaveLength(5)
    expect(maps).toMatchObject({ height: 2, width: 2, channels: 672 })
    await refused('runs.layerMaps', { projectId, runId, image: { sha256 }, layer: 'x' }, 'layer-not-found')
    expect((await ask('runs.filters', { projectId, runId })).filters).toMatchObject({ height: 3, count: 32 })
    const cell = { projectId, runId, split: 'test' as const, truth, predicted: null, class: truth }
    expect(await ask('runs.meanMap', cell)).toMatchObject({ images: 2, total: 2, inputSize: 32 })
    await refused('runs.meanMap', { ...cell, truth: 'none' }, 'class-not-found')
    const { predictions } = await ask('runs.predict', {
      projectId,
      runId,
      paths: images.map((image) => image.path),
      top: 2,
    })
    expect(predictions.map((prediction) => prediction.top.length)).toEqual([2, 2])
    const picture = readFileSync(images[0]?.path as string).toString('base64')
    const sent = await ask('uploads.put', { name: 'new.jpg', bytes: picture })
    const answer = await ask('predictions.of', { projectId, runId, paths: [sent.path, folder], top: 1 })
    expect(answer).toMatchObject({
      predictions: [{ path: sent.path, top: [{ class: predictions[0]?.top[0]?.class }] }],
      skipped: [{ path: folder }],
    })
    const [{ top: likeliest } = { top: [] }] = answer.predictions
    const files = likeliest.map((one) => ({ path: sent.path, name: 'new.jpg', ...one }))
    const brought = await ask('predictions.add', { projectId, runId, files })
    expect(brought).toMatchObject({ registered: 1, suggested: 1 })
    // It is the image that it was copied from.
    expect(await ask('images.importReport', { projectId, jobId: brought.jobId })).toMatchObject({
      duplicates: 1,
    })
    await ask('uploads.end', { id: sent.id })
    await refused('predictions.add', { projectId, runId, files }, 'source-not-found')
    expect(
      await ask('features.embed', {
        projectId,
        backbone: 'efficientnet-lite0',
        outPath: join(folder, 'features.npy'),
        engine: 'auto',
      }),
    ).toMatchObject({ images: 30, features: 1280 })
    const { urls } = await ask('augmentations.preview', {
      projectId,
      imageId: ids[0] as number,
      augment: 'flip',
      count: 2,
      inputSize: 32,
    })
    expect(urls).toHaveLength(2)
    expect(await ask('storage.get', { projectId })).toMatchObject({ runs: [{ runId, isFinished: true }] })
    expect(await ask('storage.features', { projectId, network: 'no such' })).toEqual({ features: [] })
    const saved = await ask('plans.save', { projectId, name: 'mine', plan: { epochs: 3 } })
    expect(await ask('plans.list', { projectId })).toEqual({ plans: [saved] })
    await refused('plans.save', { projectId, name: 'mine', plan: {} }, 'saved-plan-exists')
    await ask('plans.delete', { projectId, planId: saved.id })
    expect(await ask('storage.setBudgets', { diskBudgetBytes: 1e9 })).toEqual({
      memoryBudgetBytes: null,
      diskBudgetBytes: 1e9,
    })
    await ask('storage.clear', { projectId, what: { kind: 'features' } })
    expect(await ask('runs.rename', { projectId, runId, name: 'best' })).toMatchObject({ name: 'best' })
    await refused('runs.stop', { projectId, runId }, 'run-not-active')
    const [curve] = (await ask('runs.curves', { projectId, runIds: [runId], names: ['train/loss'] })).curves
    expect(curve).toMatchObject({ runId, points: 2 })
    const marked = await ask('runs.mark', {
      projectId,
      runIds: [runId],
      addTags: ['good'],
      note: 'the first',
    })
    expect(marked.runs).toMatchObject([{ tags: ['good'], note: 'the first' }])
    await ask('runs.delete', { projectId, runId })
    expect((await ask('runs.listDeleted', { projectId })).runs).toMatchObject([{ run: { id: runId } }])
    expect(await ask('runs.restore', { projectId, runId })).toEqual(marked.runs[0])
    await refused('runs.restore', { projectId, runId }, 'run-not-found')
    await ask('runs.delete', { projectId, runId })
    await refused('runs.get', { projectId, runId }, 'run-not-found')
  }, 180_000)

  it('suggestions', async () => {
    const { ids } = await ask('images.ids', { projectId })
    const [first = 0, second = 0] = ids
    expect(await ask('suggestions.status', { projectId })).toMatchObject({ enabled: false, head: null })
    await ask('labels.set', { projectId, imageIds: [first, second], classId: null })
    const { source, images } = await ask('suggestions.next', { projectId, count: 1, fresh: true })
    expect({ source, images }).toMatchObject({
      source: 'head',
      images: [{ probability: expect.any(Number) }],
    })
    expect(await ask('suggestions.setEnabled', { projectId, enabled: true })).toMatchObject({ enabled: true })
    const { suggestions } = await ask('suggestions.of', { projectId, imageIds: ids.slice(0, 3) })
    expect(suggestions.map(({ imageId }) => imageId).sort()).toEqual([first, second].sort())
    const { imageIds } = await ask('suggestions.alike', { projectId, imageId: first })
    expect(imageIds[0]).toBe(first)
    expect((await ask('suggestions.compare', { projectId })).images).toBe(30)
    const alike = await ask('images.ids', { projectId, sort: { by: 'similarity', likeId: first } })
    expect(alike.ids[0]).toBe(first)
    await ask('suggestions.stop', { projectId })
    const groups = suggestions.map(({ imageId, classId }) => ({ classId, imageIds: [imageId] }))
    expect(await ask('suggestions.accept', { projectId, groups })).toEqual({ changed: 2 })
    await refused(
      'suggestions.accept',
      { projectId, groups: [{ classId: 0, imageIds: ids }] },
      'class-not-found',
    )
    await refused('suggestions.setRun', { projectId, runId: 'r99' }, 'run-not-found')
    expect(await ask('suggestions.setRun', { projectId, runId: null })).toMatchObject({ enabled: true })
    await ask('suggestions.setEnabled', { projectId, enabled: false })
    expect(await ask('hygiene.findNeighbours', { projectId })).toEqual({ images: 30 })
    expect(await ask('hygiene.takeNeighboursClass', { projectId, imageIds: [first] })).toEqual({ changed: 0 })
    expect(await ask('map.get', { projectId })).toEqual({ map: null })
    expect(await ask('map.compute', { projectId })).toEqual({ images: 30 })
    expect((await ask('map.get', { projectId })).map).toMatchObject({ missing: 0 })
    const { categories } = await ask('map.colors', { projectId, by: 'split' })
    expect(categories.flatMap(({ imageIds: ofSplit }) => ofSplit)).toHaveLength(30)
    await refused('map.cancel', { projectId }, 'job-not-found')
  }, 60_000)

  it('label errors', async () => {
    const estimate = await ask('labelErrors.estimate', { projectId })
    expect(estimate).toMatchObject({ images: 30, toCompute: 0 })
    const { ids } = await ask('images.ids', { projectId })
    const { classes } = await ask('classes.list', { projectId })
    const [{ classId = null } = {}] = (await ask('images.get', { projectId, ids: ids.slice(0, 1) })).images
    const other = classes.find(({ id, images }) => id !== classId && images > 0)?.id ?? 0
    await ask('labels.set', { projectId, imageIds: ids.slice(0, 1), classId: other })
    const { check, suspects: count } = await ask('labelErrors.find', { projectId })
    expect(check).toMatchObject({ images: 30, changed: 0 })
    const { suspects } = await ask('labelErrors.list', { projectId })
    expect(suspects).toHaveLength(count)
    const { imageId } = suspects.find((suspect) => suspect.imageId === ids[0]) ?? suspects[0]!
    expect((await ask('labelErrors.evidence', { projectId, imageId })).neighbours).toHaveLength(2)
    expect(await ask('labelErrors.keep', { projectId, imageIds: [imageId] })).toEqual({ changed: 1 })
    const plan = { epochs: 1, batchSize: 8, inputSize: 32 }
    const { run: first } = await ask('runs.start', { projectId, plan })
    const { run: second } = await ask('labelErrors.retrain', { projectId, runId: first.id, name: 'repaired' })
    expect(second).toMatchObject({ name: 'repaired', plan })
    for (const { id: runId } of [first, second]) await ask('runs.wait', { projectId, runId })
    const runs = { before: first.id, after: second.id }
    expect(await ask('labelErrors.effect', { projectId, ...runs })).toMatchObject({
      effect: { repaired: 0, changes: [], comparison: { p: 1 } },
    })
    for (const { id: runId } of [second, first]) await ask('runs.delete', { projectId, runId })
    await refused('labelErrors.evidence', { projectId, imageId: 999_999 }, 'image-not-found')
    await ask('journal.undo', { projectId })
    await ask('journal.undo', { projectId })
  }, 60_000)

  it('runs that are held, taken up again and lengthened', async () => {
    const plan = { epochs: 10_000, batchSize: 8, inputSize: 32 }
    const { run } = await ask('runs.start', { projectId, plan })
    const one = { projectId, runId: run.id }
    await refused('runs.resume', one, 'run-not-resumable')
    await vi.waitUntil(async () => (await ask('runs.get', one)).run.epochsDone > 0, 40_000)
    expect(await ask('runs.pause', one)).toMatchObject({ status: 'paused' })
    await refused('runs.pause', one, 'run-not-active')
    expect(await ask('runs.continue', one)).toMatchObject({ status: 'running' })
    await ask('runs.cancel', one)
    const { epochsDone, ...cancelled } = await ask('runs.wait', one)
    expect(cancelled).toMatchObject({ status: 'stopped', error: null, modelSha256: null })
    const epochs = epochsDone + 1
    await refused('runs.extend', { ...one, epochs: epochsDone }, 'run-not-resumable')
    expect(await ask('runs.extend', { ...one, epochs })).toMatchObject({ run: { plan: { epochs } } })
    const ended = await ask('runs.wait', one)
    expect(ended).toMatchObject({ status: 'completed', error: null, epochsDone: epochs })
    expect(ended.resumedFromEpoch).toBeGreaterThan(0)
    await refused('runs.continue', one, 'run-not-active')
  }, 120_000)

  it('the queue and groups', async () => {
    await ask('runs.pauseQueue', { projectId, paused: true })
    const start = async () => (await ask('runs.start', { projectId, plan: {} })).run.id
    const [one, two, three] = [await start(), await start(), await start()]
    expect(await ask('runs.queue', { projectId })).toEqual({ paused: true, runIds: [one, two, three] })
    expect(await ask('runs.reorder', { projectId, runIds: [three, one] })).toEqual({
      runIds: [three, one, two],
    })
    for (const runId of [one, two]) await ask('runs.cancel', { projectId, runId })
    await ask('runs.stop', { projectId, runId: three })
    expect(await ask('runs.resume', { projectId, runId: three })).toMatchObject({ run: { status: 'queued' } })
    await ask('runs.cancel', { projectId, runId: three })

    const { recipes } = await ask('recipes.list', {})
    expect(recipes.map(({ id }) => id)).toContain('auto')
    expect(await ask('recipes.plan', { recipe: 'full-fine-tune', settings: { epochs: 3 } })).toMatchObject({
      mode: 'full',
      epochs: 3,
    })
    await refused('runs.startRecipe', { projectId, recipe: 'nonesuch' }, 'recipe-not-found')
    const ladder = await ask('runs.startRecipe', { projectId, recipe: 'auto' })
    expect(ladder.group).toMatchObject({ kind: 'ladder', status: 'running', runs: [ladder.run.id] })
    const sweep = await ask('runs.sweep', { projectId, plan: {}, values: { learningRate: ['1e-3', 0.01] } })
    expect(sweep.runs.map(({ plan }) => plan.learningRate)).toEqual([0.001, 0.01])
    for (const group of [ladder.group!, sweep.group]) {
      await ask('runs.stopGroup', { projectId, groupId: group.id })
      expect(await ask('runs.waitGroup', { projectId, groupId: group.id })).toMatchObject({
        status: 'stopped',
        stoppedBecause: { code: expect.any(String) },
      })
    }
    expect((await ask('runs.groups', { projectId })).groups).toHaveLength(2)
    await refused('runs.stopGroup', { projectId, groupId: 'g9' }, 'run-group-not-found')
    await ask('runs.pauseQueue', { projectId, paused: false })
    expect(await ask('runs.queue', { projectId })).toEqual({ paused: false, runIds: [] })
  })

  it('what is not in the contract is refused', async () => {
    await refused('projects.explode' as RequestName, {}, 'invalid-input')
    await refused('constructor' as RequestName, {}, 'invalid-input')
    await refused('labels.set', { projectId, imageIds: [], classId: null }, 'invalid-input')
    await refused('labels.set', { projectId, imageIds: ['1'], classId: null }, 'invalid-input')
    await refused('images.ids', null, 'invalid-input')
    await refused('classes.list', { projectId: '../../etc' }, 'project-not-found')
  })

  it('left no request out, and every event was as the contract says', () => {
    const missed = (Object.keys(requests) as RequestName[]).filter(
      (name) => !asked.has(name) && !elsewhere.has(name),
    )
    expect(missed).toEqual([])
    expect(wrongEvents).toEqual([])
    expect([...seen]).toEqual(
      expect.arrayContaining([
        'settings.changed',
        'plans.changed',
        'runs.samples',
        'backbones.changed',
        'backbones.progress',
        'images.changed',
        'images.listChanged',
        'images.importFinished',
        'classes.changed',
        'journal.changed',
        'jobs.progress',
        'runs.changed',
        'runs.deleted',
        'runs.progress',
        'runs.metricLogged',
        'runs.groupChanged',
        'runs.queueChanged',
        'suggestions.changed',
        'labelErrors.changed',
        'map.progress',
      ]),
    )
  })
})
