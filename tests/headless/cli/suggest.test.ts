import { mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { drawDataset } from '../../trainer/drawn-dataset.ts'
import { runCli, runJson } from './run-cli.ts'

const limitMs = 120_000
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'thaw-suggest-')))
const home = join(folder, 'home')
const project = join(folder, 'p.thaw')
/** 12 pictures without a label: stripes have even numbers, spots odd ones. */
const isStripes = (path: string) => Number(/(\d+)\.jpg/.exec(path)?.[1]) % 2 === 0

beforeAll(async () => {
  const pictures = join(folder, 'pictures')
  const { classes, images } = await drawDataset(pictures, { train: 20, validation: 0, test: 0 })
  for (const { path, classIndex } of images.slice(0, 8)) {
    const classFolder = join(pictures, classes[classIndex]!)
    mkdirSync(classFolder, { recursive: true })
    renameSync(path, join(classFolder, basename(path)))
  }
  await runJson(home, 'init', [project])
  await runJson(home, 'import', [project, pictures])
}, limitMs)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it(
  'proposes the unlabelled images with a class each, the same for the same labels',
  async () => {
    const { images } = await runJson(home, 'suggest', [project, '--count', '100'])
    expect(images).toHaveLength(12)
    const right = images.filter((image) => image.class === (isStripes(image.path) ? 'stripes' : 'spots'))
    expect(right.length).toBeGreaterThanOrEqual(11)
    expect(await runJson(home, 'suggest', [project, '--count', '100'])).toEqual(
      expect.objectContaining({ images }),
    )
  },
  limitMs,
)

it(
  'draws by the seed, no more than were asked for',
  async () => {
    const draw = async (seed: string) =>
      (await runJson(home, 'suggest', [project, '--count', '5', '--strategy', 'random', '--seed', seed]))
        .images
    const first = await draw('1')
    expect(first).toHaveLength(5)
    expect(await draw('1')).toEqual(first)
    expect(await draw('2')).not.toEqual(first)
  },
  limitMs,
)

it(
  'prints a table for people',
  async () => {
    const { status, stdout } = await runCli(home, ['suggest', project, '--count', '2'])
    expect(status).toBe(0)
    expect(stdout).toMatch(/Class\s+Probability\s+Path/)
    expect(stdout.trim().split('\n').length).toBeGreaterThanOrEqual(3)
  },
  limitMs,
)
