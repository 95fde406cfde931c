import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { detectDelimiter, parseCsv } from '../../../src/core/importers/parse-csv.ts'
import { jpeg } from '../../fixtures/bad-files.ts'
import { createImportBench, type ImportBench } from './import-bench.ts'

let bench: ImportBench
beforeEach(async () => {
  bench = await createImportBench()
  for (const [index, path] of ['images/a.jpg', 'images/b.jpg', 'deep/er/c.jpg', '图/蜂 1.jpg'].entries()) {
    bench.put(path, await jpeg(index))
  }
})
afterEach(() => bench.test.dispose())

const expected = [
  ['deep/er/c.jpg', 'bees', 'test'],
  ['images/a.jpg', 'ants', 'train'],
  ['images/b.jpg', 'bees, wild', 'validation'],
  ['图/蜂 1.jpg', null, null],
]

describe('a CSV file', () => {
  it('gives paths relative to it, classes and splits; its folder does too where it is called labels.csv', async () => {
    const csv =
      'path,class,split\nimages/a.jpg,ants,train\nimages/b.jpg,"bees, wild",val\ndeep/er/c.jpg,bees,test\n图/蜂 1.jpg,,\n'
    bench.put('labels.csv', csv)
    expect(await bench.preview(bench.folder)).toMatchObject({
      format: 'csv',
      files: 4,
      unpacks: false,
      classes: [
        { name: 'ants', count: 1 },
        { name: 'bees', count: 1 },
        { name: 'bees, wild', count: 1 },
      ],
      splitFolders: true,
    })
    expect(await bench.importAll(bench.folder)).toMatchObject({ found: 4, imported: 4, skipped: [] })
    expect(await bench.labels()).toEqual(expected)
    expect(await bench.importAll(join(bench.folder, 'labels.csv'))).toMatchObject({
      imported: 0,
      duplicates: 4,
    })
    expect(await bench.preview(bench.folder, { format: 'folder' })).toMatchObject({ format: 'folder' })
  })

  it.each([
    [
      'semicolons, a mark of UTF-8 and Windows line ends',
      '\uFEFFFile Name;Label;Set\r\nimages/a.jpg;ants;Training\r\nimages\\b.jpg;bees, wild;validation\r\ndeep/er/c.jpg;bees;testing\r\n图/蜂 1.jpg;;none\r\n',
    ],
    [
      'tabs and Chinese names',
      '类别\t文件名\t划分\nants\timages/a.jpg\t训练集\n"bees, wild"\timages/b.jpg\t验证\nbees\tdeep/er/c.jpg\t测试\n\t图/蜂 1.jpg\t\n',
    ],
    [
      'no header',
      'images/a.jpg,ants,train\nimages/b.jpg,"bees, wild",dev\ndeep/er/c.jpg,bees,test\n图/蜂 1.jpg,,',
    ],
  ])('may have %s', async (_, csv) => {
    await bench.importAll(bench.put('list.csv', csv))
    expect(await bench.labels()).toEqual(expected)
  })

  it('takes absolute paths, and UTF-16 as spreadsheets save it', async () => {
    const text = `\uFEFFimage\tclass\n${join(bench.folder, 'images/a.jpg')}\tants\n`
    await bench.importAll(bench.put('elsewhere/list.csv', Buffer.from(text, 'utf16le')))
    expect(await bench.labels()).toEqual([['images/a.jpg', 'ants', null]])
  })

  it('names what is missing, repeated, unclear or not understood, and imports the rest', async () => {
    bench.put('text.jpg', 'no picture')
    const file = bench.put(
      'list.csv',
      [
        'path,class,split',
        'images/a.jpg,ants,train',
        'images/a.jpg,ants,train',
        'images/a.jpg,bees,train',
        'gone.jpg,ants,train',
        'gone.jpg,ants,train',
        ',ants,train',
        'images/b.jpg,ants,sometimes',
        'images,ants,train',
        'text.jpg,ants,train',
        '',
      ].join('\n'),
    )
    const preview = await bench.preview(file)
    expect(preview).toMatchObject({ files: 2, skippedFiles: 6 })
    const report = await bench.importAll(file)
    expect(report).toMatchObject({ found: 9, imported: 1, duplicates: 1 })
    expect(bench.skippedOf(report)).toEqual([
      ['gone.jpg', 'not-found'],
      ['images', 'not-an-image'],
      ['list.csv:4', 'unclear-label'],
      ['list.csv:6', 'not-found'],
      ['list.csv:7', 'invalid-entry'],
      ['list.csv:8', 'invalid-entry'],
      ['text.jpg', 'not-an-image'],
    ])
    expect(report.skipped.find(({ reason }) => reason === 'unclear-label')?.detail).toMatch(
      /bees, train here and ants, train before .*list\.csv:2\); the first stands/,
    )
    expect(await bench.labels()).toEqual([['images/a.jpg', 'ants', 'train']])
  })

  it('says what is wrong with the whole file', async () => {
    // 类别 in GBK.
    const gbk = Buffer.concat([
      Buffer.from('path,'),
      Buffer.from([0xc0, 0xe0, 0xb1, 0xf0]),
      Buffer.from('\n'),
    ])
    await expect(bench.importAll(bench.put('gbk.csv', gbk))).rejects.toMatchObject({
      code: 'import-invalid',
      message: expect.stringMatching(/UTF-8.*GBK.*Save it as UTF-8/) as string,
    })
    await expect(bench.importAll(bench.put('other.csv', 'when,what\n1,2\n'))).rejects.toMatchObject({
      code: 'import-invalid',
      message: expect.stringMatching(/column 'path'.*It has: when, what/) as string,
    })
    await expect(bench.importAll(bench.put('empty.csv', ''))).rejects.toMatchObject({
      code: 'import-invalid',
    })
    await expect(bench.importAll(bench.put('none.csv', 'path,class\nx.jpg,a\n'))).rejects.toMatchObject({
      code: 'no-images',
    })
    await expect(bench.preview(join(bench.folder, 'images'), { format: 'csv' })).rejects.toMatchObject({
      code: 'import-format-unknown',
    })
    expect(await bench.images()).toEqual([])
  })
})

describe('parseCsv', () => {
  it('reads quotes, line ends within them, and lines as a person counts them', () => {
    const text = 'a,"b ""c""\nd",e\r\n\r\n"x",,\nlast,"open'
    expect(detectDelimiter(text)).toBe(',')
    expect(parseCsv(text, ',')).toEqual([
      { line: 1, fields: ['a', 'b "c"\nd', 'e'] },
      { line: 4, fields: ['x', '', ''] },
      { line: 5, fields: ['last', 'open'] },
    ])
    expect(detectDelimiter('"a,b,c";d')).toBe(';')
    expect(detectDelimiter('path')).toBe(',')
  })
})
