import { mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { drawDataset } from '../../trainer/drawn-dataset.ts'
import { runCli, runJson } from './run-cli.ts'

const limitMs = 120_000
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'thaw-suspects-')))
const home = join(folder, 'home')
const project = join(folder, 'p.thaw')
/** Put in the other class's folder. */
const wrong = [4, 13]
const wrongPaths: string[] = []

beforeAll(async () => {
  const pictures = join(folder, 'pictures')
  const { classes, images } = await drawDataset(pictures, { train: 30, validation: 0, test: 0 })
  for (const [index, { path, classIndex }] of images.entries()) {
    const isWrong = wrong.includes(index)
    const classFolder = join(pictures, classes[isWrong ? 1 - classIndex : classIndex]!)
    mkdirSync(classFolder, { recursive: true })
    const target = join(classFolder, basename(path))
    renameSync(path, target)
    if (isWrong) wrongPaths.push(target)
  }
  await runJson(home, 'init', [project])
  await runJson(home, 'import', [project, pictures])
}, limitMs)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it(
  'lists images in the wrong folder first, with the class they are of, the same every time',
  async () => {
    const { suspects } = await runJson(home, 'suspects', [project])
    const first = suspects.slice(0, wrong.length)
    expect(first.map(({ path }) => path).sort()).toEqual(wrongPaths.sort())
    for (const { path, given, suggested } of first) {
      const isStripes = Number(/(\d+)\.jpg/.exec(path)?.[1]) % 2 === 0
      expect([given, suggested]).toEqual(isStripes ? ['spots', 'stripes'] : ['stripes', 'spots'])
    }
    expect(suspects.map(({ score }) => score)).toEqual(
      suspects.map(({ score }) => score).sort((a, b) => b - a),
    )
    expect((await runJson(home, 'suspects', [project])).suspects).toEqual(suspects)
  },
  limitMs,
)

it(
  'prints a table for people, and says which backbones there are where one is unknown',
  async () => {
    const { status, stdout } = await runCli(home, ['suspects', project])
    expect(status).toBe(0)
    expect(stdout).toMatch(/Score\s+Likely\s+Given\s+Suggested\s+Path/)
    expect(stdout).toContain(wrongPaths[0])
    const unknown = await runCli(home, ['suspects', project, '--backbone', 'nonesuch'])
    expect(unknown.status).toBe(1)
    expect(unknown.stderr).toContain('efficientnet-lite0')
  },
  limitMs,
)
