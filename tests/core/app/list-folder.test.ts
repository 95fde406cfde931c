import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, parse } from 'node:path'
import { describe, expect, it } from 'vitest'
import { weightsFileEndings } from '../../../src/contract/requests/app.ts'
import { listFolder } from '../../../src/core/app/list-folder.ts'
import { weightsFormats } from '../../../src/core/weights/index.ts'
import { temporaryFolder } from '../test-project.ts'

describe('listFolder', () => {
  it('names folders and projects in natural order, counts images, and leaves hidden and broken things out', () => {
    const folder = temporaryFolder()
    for (const name of ['set 10', 'set 2', '.hidden', 'flowers.thaw', '<b>']) mkdirSync(join(folder, name))
    for (const name of ['a.jpg', 'b.PNG', 'c.jpeg', 'notes.txt', 'd.jpg.zip'])
      writeFileSync(join(folder, name), '')
    symlinkSync(join(folder, 'set 2'), join(folder, 'linked'))
    symlinkSync(join(folder, 'nowhere'), join(folder, 'broken'))
    const found = listFolder(folder)
    expect(found.entries.map((entry) => `${entry.kind} ${entry.name}`)).toEqual([
      'folder <b>',
      'project flowers.thaw',
      'folder linked',
      'folder set 2',
      'folder set 10',
    ])
    expect(found.entries.every((entry) => entry.path === join(folder, entry.name))).toBe(true)
    expect(found).toMatchObject({ path: folder, parent: join(folder, '..'), images: 3 })
  })

  it('names files of weights after the folders where one is wanted, by the endings that their readers have', () => {
    const folder = temporaryFolder()
    mkdirSync(join(folder, 'zoo'))
    for (const name of ['vgg16.H5', 'resnet18.pth', 'notes.txt', '.hidden.pth'])
      writeFileSync(join(folder, name), '')
    const found = listFolder(folder, 'weights')
    expect(found.entries.map((entry) => `${entry.kind} ${entry.name}`)).toEqual([
      'folder zoo',
      'file resnet18.pth',
      'file vgg16.H5',
    ])
    expect([...weightsFileEndings].sort()).toEqual(weightsFormats.flatMap(({ endings }) => endings).sort())
  })

  it('starts at home, and ends at the root', () => {
    expect(listFolder(null).path).toBe(homedir())
    expect(listFolder('~').path).toBe(homedir())
    expect(listFolder(parse(homedir()).root).parent).toBeNull()
  })

  it('says what is wrong with a path', () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'file'), '')
    expect(() => listFolder(join(folder, 'gone'))).toThrow(
      expect.objectContaining({ code: 'source-not-found' }),
    )
    expect(() => listFolder(join(folder, 'file'))).toThrow(
      expect.objectContaining({ code: 'source-not-a-folder' }),
    )
  })
})
