import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { deflateRawSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { jpeg } from '../../fixtures/bad-files.ts'
import { writeZip } from '../../fixtures/zip.ts'
import { createImportBench, type ImportBench } from './import-bench.ts'

let bench: ImportBench
let path: string
beforeEach(async () => {
  bench = await createImportBench()
  mkdirSync(bench.folder)
  path = join(bench.folder, 'bees and ants.zip')
})
afterEach(() => bench.test.dispose())

describe('a zip archive', () => {
  it('of class folders is unpacked into the project, once, without the folder around them', async () => {
    await writeZip(path, [
      ['insects/', ''],
      ['insects/train/ants/1.jpg', await jpeg(1)],
      ['insects/train/bees/2.jpg', await jpeg(2)],
      ['insects/test/bees/strange', await jpeg(3)],
      ['insects/readme.txt', 'text'],
      ['__MACOSX/insects/train/ants/._1.jpg', 'resource'],
      ['insects/.DS_Store', 'litter'],
    ])
    expect(await bench.preview(path)).toMatchObject({
      format: 'zip',
      inside: 'folder',
      unpacks: true,
      files: 2,
      splits: [{ name: 'train', count: 2 }],
    })
    expect(existsSync(join(bench.project, 'pictures'))).toBe(false)
    const report = await bench.importAll(path)
    expect(report).toMatchObject({ found: 4, imported: 3 })
    expect(bench.skippedOf(report)).toEqual([['bees and ants.zip/insects/readme.txt', 'not-an-image']])
    expect(await bench.labels()).toEqual([
      ['test/bees/strange', 'bees', 'test'],
      ['train/ants/1.jpg', 'ants', 'train'],
      ['train/bees/2.jpg', 'bees', 'train'],
    ])
    const [first] = await bench.images()
    expect(first?.path.startsWith(join(bench.project, 'pictures', 'bees and ants-'))).toBe(true)
    expect(readFileSync(first?.path ?? '')).toEqual(await jpeg(3))
    expect(await bench.importAll(path)).toMatchObject({ imported: 0, duplicates: 3 })
  })

  it('leaves nothing of itself where unpacking is cancelled, but what another import brought', async () => {
    const { core } = bench.test
    const { projectId } = bench
    const bytes = Buffer.alloc(2 ** 20, 7)
    const one = await jpeg(1)
    const kept = await writeZip(join(bench.folder, 'kept.zip'), [['a/1.jpg', one]])
    await bench.importAll(kept)
    const large = await writeZip(
      join(bench.folder, 'large.zip'),
      Array.from({ length: 80 }, (_, index) => [`a/${index}.jpg`, Buffer.concat([one, bytes])]),
    )
    const { jobId } = await core.request('images.import', { projectId, source: large })
    const pictures = () => readdirSync(join(bench.project, 'pictures'), { recursive: true }).map(String)
    await vi.waitFor(() => expect(pictures().filter((name) => /large.*jpg$/.test(name))).not.toEqual([]), {
      interval: 2,
    })
    await core.request('jobs.cancel', { projectId, jobId })
    await expect(core.request('images.importReport', { projectId, jobId })).rejects.toMatchObject({
      code: 'cancelled',
    })
    expect(pictures().filter((name) => name.startsWith('large'))).toEqual([])
    expect(pictures().filter((name) => name.endsWith('1.jpg'))).toHaveLength(1)
  })

  it('keeps a class or split that is alone in it', async () => {
    await writeZip(path, [
      ['ants/1.jpg', await jpeg(1)],
      ['ants/2.jpg', await jpeg(2)],
    ])
    await bench.importAll(path)
    expect((await bench.labels()).map(([, name]) => name)).toEqual(['ants', 'ants'])
  })

  it('may hold a list of its images, which cannot name others', async () => {
    const secret = bench.put('outside.jpg', await jpeg(9))
    await writeZip(path, [
      ['images/1.jpg', await jpeg(1)],
      ['images/2.jpg', await jpeg(2)],
      [
        'labels.csv',
        `path,class,split\nimages/1.jpg,ants,train\nimages/2.jpg,bees,test\n${secret},bees,test\n`,
      ],
    ])
    expect(await bench.preview(path)).toMatchObject({ files: 2, inside: 'csv' })
    const report = await bench.importAll(path)
    expect(bench.skippedOf(report)).toEqual([['outside.jpg', 'unsafe-path']])
    expect(await bench.labels()).toEqual([
      ['images/1.jpg', 'ants', 'train'],
      ['images/2.jpg', 'bees', 'test'],
    ])
  })

  it('writes nothing outside the project, whatever its names say', async () => {
    const names = ['../up.jpg', '/root.jpg', 'a/../../up.jpg', 'C:/drive.jpg', 'a\\..\\..\\up.jpg']
    const entries = await Promise.all(
      names.map(async (name, index): Promise<[string, Buffer]> => [name, await jpeg(index)]),
    )
    await writeZip(path, [
      ...entries,
      ['a/con.jpg', await jpeg(20)],
      ['a/x:y?.jpg', await jpeg(21)],
      ['a/X_y_.jpg', await jpeg(22)],
      ['a/./b.jpg', await jpeg(23)],
    ])
    const before = readdirSync(bench.test.folder)
    const report = await bench.importAll(path)
    expect(report).toMatchObject({ found: 9, imported: 4 })
    expect(report.skipped.every(({ reason }) => reason === 'unsafe-path')).toBe(true)
    expect(readdirSync(bench.test.folder)).toEqual(before)
    expect((await bench.images()).map(({ relativePath }) => relativePath)).toEqual([
      'a/X_y_-2.jpg',
      'a/_con.jpg',
      'a/b.jpg',
      'a/x_y_.jpg',
    ])
  })

  it('reads Chinese names, whatever system packed them', async () => {
    await writeZip(path, [
      ['AA/1.jpg', await jpeg(1)],
      ['BB/2.jpg', await jpeg(2)],
    ])
    // 蜂 in GBK is B7 E4; the mark of UTF-8 is taken from every header.
    const bytes = readFileSync(path)
    for (let at = 0; (at = bytes.indexOf('AA/1.jpg', at)) >= 0; at += 2) bytes.set([0xb7, 0xe4], at)
    for (const [mark, flag] of [
      ['PK\x03\x04', 6],
      ['PK\x01\x02', 8],
    ] as const) {
      for (let at = 0; (at = bytes.indexOf(mark, at, 'latin1')) >= 0; at += 4)
        bytes.writeUInt16LE(0, at + flag)
    }
    writeFileSync(path, bytes)
    await bench.importAll(path)
    expect((await bench.labels()).map(([, name]) => name).sort()).toEqual(['BB', '蜂'])
  })

  it('refuses a bomb, and what is damaged, and names a damaged entry', async () => {
    await writeZip(path, [
      ['a/1.jpg', await jpeg(1)],
      ['a/2.jpg', await jpeg(2)],
    ])
    const whole = readFileSync(path)
    const broken = Buffer.from(whole)
    broken[whole.indexOf('a/2.jpg') + 40] = (broken[whole.indexOf('a/2.jpg') + 40] as number) ^ 0xff
    writeFileSync(path, broken)
    const report = await bench.importAll(path)
    expect(report).toMatchObject({ found: 2, imported: 1 })
    expect(report.skipped).toMatchObject([
      { reason: 'unreadable', detail: expect.stringMatching(/checksum/) as string },
    ])

    writeFileSync(path, whole.subarray(0, whole.length - 10))
    await expect(bench.importAll(path)).rejects.toMatchObject({ code: 'import-invalid' })

    // The directory says that a few bytes unpack to more than 3 GiB.
    await writeZip(
      path,
      Array.from({ length: 4 }, (_, index) => [`a/${index}.jpg`, deflateRawSync('x')]),
    )
    const bomb = readFileSync(path)
    for (let at = 0; (at = bomb.indexOf('PK\x01\x02', at, 'latin1')) >= 0; at += 4) {
      bomb.writeUInt16LE(8, at + 10)
      bomb.writeUInt32LE(900_000_000, at + 24)
    }
    writeFileSync(path, bomb)
    await expect(bench.importAll(path)).rejects.toMatchObject({
      code: 'import-invalid',
      message: expect.stringMatching(/would unpack to 3600000000/) as string,
    })
    await expect(bench.importAll(await writeZip(path, [['a.txt', 'text']]))).rejects.toMatchObject({
      code: 'no-images',
    })
  })
})
