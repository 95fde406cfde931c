import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { folderImporter } from '../../../src/core/importers/folder.ts'
import { labelFromFolders } from '../../../src/core/importers/folder-labels.ts'
import type { ImportOptions, ImportScan } from '../../../src/core/importers/importer.ts'
import { jpeg } from '../../fixtures/bad-files.ts'

let root: string
let bytes: Buffer

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'thaw-folder-'))
  bytes = await jpeg(1)
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

function put(relativePath: string, content: Buffer | string = bytes): void {
  const path = join(root, relativePath)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content)
}

async function scanFolder(
  path: string,
  choices: Pick<ImportOptions, 'labels' | 'splitFrom'>,
  isFolder = true,
): Promise<ImportScan> {
  const plan = await folderImporter.open({ path, isFolder }, { ...choices, crops: false, coarse: false })
  if (plan.unpacks) throw new Error('The files of a folder stay where they are.')
  return plan.scan()
}

async function scan(splitFrom: 'auto' | 'folder' | 'none' = 'auto', labels: 'folder' | 'none' = 'folder') {
  const { candidates, skipped } = await scanFolder(root, { labels, splitFrom })
  return {
    rows: candidates.map(({ relativePath, className, split }) => [relativePath, className, split]),
    skipped: skipped.map(({ path, reason }) => [path.slice(root.length + 1), reason]),
  }
}

describe('folderImporter', () => {
  it('takes the first folder for the class, numbers in order, and files at the root without a label', async () => {
    for (const path of ['bees/img10.jpg', 'bees/img2.jpg', 'ants/deep/er/a.jpg', 'loose.jpg']) put(path)
    expect((await scan()).rows).toEqual([
      ['ants/deep/er/a.jpg', 'ants', null],
      ['bees/img2.jpg', 'bees', null],
      ['bees/img10.jpg', 'bees', null],
      ['loose.jpg', null, null],
    ])
    expect((await scan('auto', 'none')).rows.every(([, className]) => className === null)).toBe(true)
  })

  it('takes split folders for splits, where all of them are or where asked', async () => {
    for (const path of [
      'train/ants/1.jpg',
      'Val/ants/2.jpg',
      'test/bees/3.jpg',
      'validation/4.jpg',
      'valid/x/5.jpg',
    ])
      put(path)
    const rows = [
      ['Val/ants/2.jpg', 'ants', 'validation'],
      ['test/bees/3.jpg', 'bees', 'test'],
      ['train/ants/1.jpg', 'ants', 'train'],
      ['valid/x/5.jpg', 'x', 'validation'],
      ['validation/4.jpg', null, 'validation'],
    ]
    expect((await scan('auto')).rows).toEqual(rows)
    expect((await scan('folder')).rows).toEqual(rows)
    expect((await scan('none')).rows).toEqual(rows.map(([path, className]) => [path, className, null]))
    put('more/6.jpg')
    expect((await scan('auto')).rows).toContainEqual(['train/ants/1.jpg', 'train', null])
    expect((await scan('folder')).rows).toContainEqual(['train/ants/1.jpg', 'ants', 'train'])
    expect((await scan('folder')).rows).toContainEqual(['more/6.jpg', 'more', null])
  })

  it('looks into files with other names, and leaves out what nobody means', async () => {
    put('a/photo')
    put('a/photo.JPG')
    put('a/photo.dat', await jpeg(2))
    put('a/notes.txt', 'hello')
    put('labels.csv', 'path,class')
    put('a/nothing.bin', '')
    for (const path of [
      '.hidden/a.jpg',
      'a/.DS_Store',
      'a/._photo.jpg',
      'a/Thumbs.db',
      'desktop.ini',
      '__MACOSX/a.jpg',
      'other.thaw/cache/a.jpg',
    ])
      put(path)
    const { rows, skipped } = await scan()
    expect(rows.map(([path]) => path)).toEqual(['a/photo', 'a/photo.JPG', 'a/photo.dat'])
    expect(skipped).toEqual([
      ['a/notes.txt', 'not-an-image'],
      ['a/nothing.bin', 'empty'],
      ['labels.csv', 'not-an-image'],
    ])
  })

  it('comes back from loops of links, and names a link that leads nowhere', async () => {
    put('a/1.jpg')
    symlinkSync(root, join(root, 'a', 'loop'))
    symlinkSync(join(root, 'a'), join(root, 'b'))
    symlinkSync(join(root, 'gone.jpg'), join(root, 'broken.jpg'))
    symlinkSync(join(root, 'a/1.jpg'), join(root, 'link.jpg'))
    const { rows, skipped } = await scan()
    expect(rows).toEqual([
      ['a/1.jpg', 'a', null],
      ['link.jpg', null, null],
    ])
    expect(skipped).toEqual([['broken.jpg', 'unreadable']])
  })

  it('keeps any folder name as a class, composed and on one line', async () => {
    const names = [
      'a b',
      'it\'s "quoted"',
      '🐝',
      '<img onerror=alert(1)>',
      '\u200Fעברית',
      'two\nlines',
      'e\u0301',
    ]
    for (const name of names) put(`${name}/1.jpg`)
    const { rows } = await scan()
    expect(new Set(rows.map(([, className]) => className))).toEqual(
      new Set([
        'a b',
        'it\'s "quoted"',
        '🐝',
        '<img onerror=alert(1)>',
        '\u200Fעברית',
        'two lines',
        '\u00e9',
      ]),
    )
  })

  it('goes very deep', async () => {
    const deep = Array.from({ length: 200 }, (_, index) => `d${index}`).join('/')
    put(`${deep}/1.jpg`)
    expect((await scan()).rows).toEqual([[`${deep}/1.jpg`, 'd0', null]])
  })

  it('says what is wrong with the source', async () => {
    await expect(scan()).rejects.toMatchObject({ code: 'no-images' })
    put('only.txt', 'text')
    await expect(scan()).rejects.toMatchObject({ code: 'no-images', details: { files: 1 } })
    const options = { labels: 'folder', splitFrom: 'auto' } as const
    await expect(scanFolder(join(root, 'gone'), options)).rejects.toMatchObject({
      code: 'source-not-found',
    })
    await expect(scanFolder(join(root, 'only.txt'), options, false)).rejects.toMatchObject({
      code: 'source-not-a-folder',
    })
  })
})

describe('labelFromFolders', () => {
  it('knows the folder of images without a split beside split folders', () => {
    const options = { labels: 'folder', splitFrom: 'auto' } as const
    expect(labelFromFolders('unassigned/ants/1.jpg', true, options)).toEqual({
      className: 'ants',
      split: null,
    })
    expect(labelFromFolders('unassigned/ants/1.jpg', false, options)).toEqual({
      className: 'unassigned',
      split: null,
    })
  })
})
