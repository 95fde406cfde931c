import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { documents } from './documents.ts'
import { expectFailure, runCli, runJson, startCli } from './run-cli.ts'

const photographs = fileURLToPath(new URL('../../../../shared/data/hymenoptera/train', import.meta.url))
const perClass = 9
const limitMs = 240_000

if (!existsSync(photographs)) {
  process.stderr.write(`Skipped: the commands on real photographs, which are not at ${photographs}.\n`)
}

describe.skipIf(!existsSync(photographs))('the commands, one after another on a few photographs', () => {
  let home: string
  let folder: string
  let project: string
  let run: string

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'thaw-cli-'))
    home = join(folder, 'home')
    project = join(folder, 'few.thaw')
    for (const name of ['ants', 'bees']) {
      const target = join(folder, 'pictures', name)
      mkdirSync(target, { recursive: true })
      const files = readdirSync(join(photographs, name)).sort()
      for (const file of files.slice(0, perClass))
        copyFileSync(join(photographs, name, file), join(target, file))
    }
    const [first] = readdirSync(join(folder, 'pictures', 'ants')).sort()
    const whole = readFileSync(join(folder, 'pictures', 'ants', first!))
    writeFileSync(join(folder, 'pictures', 'ants', 'notes.txt'), 'not a picture')
    writeFileSync(join(folder, 'pictures', 'ants', 'cut.jpg'), whole.subarray(0, whole.length / 2))
    writeFileSync(join(folder, 'pictures', 'ants', 'again.jpg'), whole)
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it(
    'init makes a project once, also by a relative path',
    async () => {
      const made = await runJson(home, 'init', ['few.thaw', '--name', 'A few'], folder)
      expect(made).toMatchObject({ project, name: 'A few' })
      expectFailure(await runCli(home, ['init', project]), 1, /few\.thaw/)
    },
    limitMs,
  )

  it(
    'import names what it leaves out, and is safe to repeat',
    async () => {
      const report = await runJson(home, 'import', [project, join(folder, 'pictures')])
      expect(report).toMatchObject({ found: 2 * perClass + 3, imported: 2 * perClass, duplicates: 1 })
      const reasons = Object.fromEntries(
        report.skipped.map(({ path, reason }) => [path.split('/').at(-1), reason]),
      )
      expect(reasons).toEqual({ 'notes.txt': 'not-an-image', 'cut.jpg': 'truncated' })
      expect(report.classes).toEqual([
        { name: 'ants', count: perClass },
        { name: 'bees', count: perClass },
      ])
      const repeated = await runJson(home, 'import', [project, join(folder, 'pictures')])
      expect(repeated.imported).toBe(0)
      expectFailure(await runCli(home, ['import', project, join(folder, 'nowhere')]), 1, /nowhere/)
    },
    limitMs,
  )

  it(
    'stats and images agree',
    async () => {
      const stats = await runJson(home, 'stats', [project])
      const { images } = await runJson(home, 'images', [project])
      expect(stats).toMatchObject({ images: 2 * perClass, labelled: 2 * perClass, missing: 0, unreadable: 0 })
      expect(images).toHaveLength(stats.images)
      expect(images.filter((image) => image.class === 'bees')).toHaveLength(perClass)
      expect(images.every(({ path }) => existsSync(path))).toBe(true)
    },
    limitMs,
  )

  it(
    'split is the same for the same seed',
    async () => {
      const first = await runJson(home, 'split', [
        project,
        '--validation',
        '0.25',
        '--test',
        '0.25',
        '--seed',
        '7',
      ])
      expect(first.train + first.validation + first.test).toBe(2 * perClass)
      const before = await runJson(home, 'images', [project])
      await runJson(home, 'split', [project, '--validation', '0.25', '--test', '0.25', '--seed', '7'])
      expect(await runJson(home, 'images', [project])).toEqual(before)
    },
    limitMs,
  )

  it(
    'backbones and their layers',
    async () => {
      const { backbones } = await runJson(home, 'backbones', [])
      const backbone = backbones.find(({ id }) => id === 'efficientnet-lite0')
      const { layers } = await runJson(home, 'backbones show', ['efficientnet-lite0'])
      expect(backbone).toMatchObject({ inputSize: 224, installed: true, layers: layers.length })
    },
    limitMs,
  )

  it(
    'train prints one document, with progress on stderr only',
    async () => {
      const trained = await runJson(home, 'train', [
        project,
        '--epochs',
        '2',
        '--name',
        'first',
        '--batch-size',
        '4',
      ])
      expect(trained).toMatchObject({
        status: 'completed',
        backbone: 'efficientnet-lite0',
        mode: 'feature-extraction',
      })
      expect(trained.epochs.map(({ epoch }) => epoch)).toEqual([1, 2])
      expect(trained.trainableParameters).toBe(1280 * 2 + 2)
      expect(trained.test?.support).toBeGreaterThan(0)
      run = trained.run

      const { runs } = await runJson(home, 'runs', [project])
      expect(runs).toMatchObject([{ run, name: 'first', status: 'completed', test: trained.test }])
    },
    limitMs,
  )

  it(
    'evaluate gives what training gave',
    async () => {
      const evaluation = await runJson(home, 'evaluate', [project, run])
      const { runs } = await runJson(home, 'runs', [project])
      expect(evaluation.accuracy).toBe(runs[0]?.test?.accuracy)
      expect(evaluation.confusion.labels).toEqual(['ants', 'bees'])
      expect(evaluation.confusion.matrix.flat().reduce((sum, cell) => sum + cell, 0)).toBe(
        runs[0]?.test?.support,
      )
      const [low, high] = evaluation.interval95
      expect(low).toBeLessThanOrEqual(evaluation.accuracy)
      expect(high).toBeGreaterThanOrEqual(evaluation.accuracy)
      expectFailure(await runCli(home, ['evaluate', project, 'nonsense', '--json']), 1, new RegExp(run))
    },
    limitMs,
  )

  it(
    'predict answers with paths as they were given',
    async () => {
      const { predictions, skipped } = await runJson(
        home,
        'predict',
        [project, run, 'pictures/bees', 'pictures/ants/notes.txt'],
        folder,
      )
      expect(predictions).toHaveLength(perClass)
      expect(predictions.every(({ path }) => path.startsWith('pictures/bees/'))).toBe(true)
      for (const { top } of predictions) {
        expect(top.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 4)
      }
      expect(skipped).toMatchObject([{ path: 'pictures/ants/notes.txt', reason: 'not-an-image' }])
    },
    limitMs,
  )

  it(
    'embed writes npy',
    async () => {
      const out = join(folder, 'features.npy')
      const embedded = await runJson(home, 'embed', [
        project,
        '--backbone',
        'efficientnet-lite0',
        '--out',
        out,
      ])
      expect(embedded).toMatchObject({ images: 2 * perClass, features: 1280 })
      const bytes = readFileSync(out)
      expect(bytes.subarray(0, 8)).toEqual(Buffer.from('\x93NUMPY\x01\x00', 'latin1'))
      const header = bytes.subarray(10, 10 + bytes.readUInt16LE(8)).toString('latin1')
      expect(header).toContain("'descr': '<f4'")
      expect(header).toContain("'fortran_order': False")
      expect(header).toContain(`(${2 * perClass}, 1280)`)
      expect(bytes.length).toBe(10 + header.length + 2 * perClass * 1280 * 4)
      const wrong = [
        'embed',
        project,
        '--backbone',
        'efficientnet-lite0',
        '--layer',
        'nonsense',
        '--out',
        out,
      ]
      expectFailure(await runCli(home, wrong), 1, /_avg_pooling/)
    },
    limitMs,
  )

  it(
    'train names what it does not know',
    async () => {
      expectFailure(await runCli(home, ['train', project, '--backbone', 'nonsense']), 1, /efficientnet-lite0/)
      expectFailure(await runCli(home, ['train', project, '--freeze-until', 'nonsense']), 1, /_conv_stem/)
      expectFailure(await runCli(home, ['train', project, '--head', 'nonsense']), 2, /dropout:RATE/)
    },
    limitMs,
  )

  it(
    'check finds a whole project',
    async () => {
      expect(await runJson(home, 'check', [project])).toEqual({ ok: true, problems: [] })
    },
    limitMs,
  )

  it(
    'serve stays, refuses a second opener with its name, and ends in order',
    async () => {
      const child = startCli(home, ['serve', project, '--json'])
      const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
      const { url, port } = documents.serve.parse(JSON.parse(line))
      expect(new URL(url)).toMatchObject({ hostname: '127.0.0.1', port: String(port) })
      const entry = await fetch(url, { redirect: 'manual' })
      expect(entry.headers.get('location')).toMatch(/^\/#\/p\/.+\/images$/)
      expectFailure(await runCli(home, ['stats', project]), 1, new RegExp(String(child.pid)))
      child.kill('SIGTERM')
      expect(await once(child, 'exit')).toEqual([0, null])
      await runJson(home, 'stats', [project])
    },
    limitMs,
  )

  it(
    'train that is interrupted ends with 130 and keeps its state',
    async () => {
      const child = startCli(home, ['train', project, '--epochs', '10000', '--batch-size', '4', '--json'])
      let stdout = ''
      child.stdout.on('data', (text) => (stdout += String(text)))
      const lines = createInterface({ input: child.stderr })
      for await (const line of lines) if (line.startsWith('epoch')) break
      child.kill('SIGINT')
      expect(await once(child, 'close')).toEqual([130, null])
      expect(stdout).toBe('')
      const { runs } = await runJson(home, 'runs', [project])
      expect(runs.at(-1)?.status).toBe('stopped')
    },
    limitMs,
  )
})

describe('sample', () => {
  it(
    'draws a project that can be counted',
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'thaw-sample-'))
      const project = join(folder, 'drawn.thaw')
      const sample = await runJson(folder, 'sample', [
        project,
        '--images',
        '12',
        '--size',
        '48',
        '--classes',
        '3',
        '--seed',
        '1',
      ])
      expect(sample).toMatchObject({ images: 12, classes: 3 })
      expect(await runJson(folder, 'stats', [project])).toMatchObject({ images: 12, labelled: 12 })
      rmSync(folder, { recursive: true, force: true })
    },
    limitMs,
  )
})
