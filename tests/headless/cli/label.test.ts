import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { jpeg } from '../../fixtures/bad-files.ts'
import { expectFailure, runCli, runJson } from './run-cli.ts'

const limitMs = 120_000
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'thaw-label-')))
const home = join(folder, 'home')
const project = join(folder, 'p.thaw')

beforeAll(async () => {
  mkdirSync(join(folder, 'pictures'))
  for (const index of [1, 2, 3]) writeFileSync(join(folder, 'pictures', `${index}.jpg`), await jpeg(index))
  await runJson(home, 'init', [project])
  await runJson(home, 'import', [project, join(folder, 'pictures')])
}, limitMs)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const labels = async () =>
  Object.fromEntries(
    (await runJson(home, 'images', [project])).images.map((image) => [image.path, image.class]),
  )

it(
  'thaw label sets the labels that a CSV file lists, and names what is in no image',
  async () => {
    const path = (name: string) => join(folder, 'pictures', name)
    writeFileSync(
      join(folder, 'mine.csv'),
      `path;class\n${path('1.jpg')};ants\npictures/2.jpg;bees\ngone.jpg;bees\n`,
    )
    const result = await runJson(home, 'label', [project, '--csv', 'mine.csv'], folder)
    expect(result).toEqual({ applied: 2, unknown: ['gone.jpg'] })
    expect(await labels()).toEqual({
      [path('1.jpg')]: 'ants',
      [path('2.jpg')]: 'bees',
      [path('3.jpg')]: null,
    })

    const told = await runCli(home, ['label', 'p.thaw', '--csv', 'mine.csv'], folder)
    expect(told).toMatchObject({ status: 0 })
    expect(told.stdout.split('\n').slice(0, 3)).toEqual([
      'Labelled 2 images, 2 of them as they were before',
      'In no image of the project, or in several: 1',
      '  gone.jpg',
    ])
  },
  limitMs,
)

it(
  'thaw label sets the labels that an export lists, by hash',
  async () => {
    const { images } = await runJson(home, 'images', [project])
    const rows = images.map(({ sha256 }, index) => `${sha256},class ${index}`)
    writeFileSync(join(folder, 'hashes.csv'), ['sha256,class', ...rows].join('\n'))
    const told = await runCli(home, ['label', project, '--csv', join(folder, 'hashes.csv')])
    expect(told.stdout).toContain('Labelled 3 images\nMade 3 classes: class 0, class 1, class 2\n')
    expect(Object.values(await labels())).toEqual(['class 0', 'class 1', 'class 2'])
  },
  limitMs,
)

it(
  'thaw label changes nothing where a file is refused',
  async () => {
    const before = await labels()
    writeFileSync(join(folder, 'twice.csv'), 'path,class\n1.jpg,ants\n1.jpg,bees\n')
    expectFailure(
      await runCli(home, ['label', project, '--csv', 'twice.csv', '--json'], folder),
      1,
      /1\.jpg is ants in line 2, bees in line 3\. Delete one/,
    )
    expectFailure(
      await runCli(home, ['label', project, '--csv', 'none.csv'], folder),
      1,
      /nothing at .*none\.csv/,
    )
    expect(await labels()).toEqual(before)
  },
  limitMs,
)
