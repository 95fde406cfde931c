import { copyFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { drawSample, samplePath } from '../../../src/imaging/draw-sample.ts'
import { runCli, runJson } from './run-cli.ts'

const limitMs = 120_000
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'thaw-duplicates-')))
const home = join(folder, 'home')
const project = join(folder, 'p.thaw')
const pictures = join(folder, 'pictures')
const picture = (index: number) => samplePath(pictures, index, 4)
const other = (name: string) => join(pictures, 'other', name)

beforeAll(async () => {
  await drawSample({ folder: pictures, seed: 1, sizePx: 160, classes: 4, flaws: false, from: 0, to: 8 })
  mkdirSync(join(pictures, 'other'))
  copyFileSync(picture(0), other('copy.jpg'))
  await sharp(picture(1)).resize(100).jpeg({ quality: 60 }).toFile(other('small.jpg'))
  await runJson(home, 'init', [project])
  await runJson(home, 'import', [project, pictures])
}, limitMs)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it(
  'lists exact duplicates with every file, then near ones, and says whose classes disagree',
  async () => {
    const { groups } = await runJson(home, 'duplicates', [project])
    expect(groups).toEqual([
      { kind: 'exact', images: [picture(0), other('copy.jpg')].sort(), conflict: true },
      { kind: 'near', images: [picture(1), other('small.jpg')].sort(), conflict: true },
    ])
  },
  limitMs,
)

it(
  'names them for people',
  async () => {
    const { status, stdout } = await runCli(home, ['duplicates', project])
    expect(status).toBe(0)
    expect(stdout).toContain('The same 2 times, of different classes:')
    expect(stdout).toContain(`  ${other('small.jpg')}`)
  },
  limitMs,
)
