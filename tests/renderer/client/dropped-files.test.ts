import { describe, expect, test } from 'vitest'
import { droppedFiles } from '../../../src/renderer/src/client/dropped-files.ts'

type Tree = { [name: string]: Tree | number }

/** An entry as a browser gives it: a number is a file's size. Folders are read in parts of two. */
function entryOf(name: string, content: Tree | number): FileSystemEntry {
  if (typeof content === 'number') {
    const file = (resolve: (file: File) => void) => resolve(new File([new Uint8Array(content)], name))
    return { name, isFile: true, isDirectory: false, file } as unknown as FileSystemEntry
  }
  const createReader = () => {
    const left = Object.entries(content).map((child) => entryOf(...child))
    return { readEntries: (resolve: (part: FileSystemEntry[]) => void) => resolve(left.splice(0, 2)) }
  }
  return { name, fullPath: `/${name}`, isFile: false, createReader } as unknown as FileSystemEntry
}

const drop = (roots: Tree) => ({
  items: Object.entries(roots).map(([name, content]) => ({
    kind: 'file',
    webkitGetAsEntry: () => entryOf(name, content),
  })) as unknown as DataTransferItemList,
})
const namesOf = async (roots: Tree) => (await droppedFiles(drop(roots))).map(({ name }) => name)

describe('what was dropped', () => {
  test('are files by their names, and those of folders by their paths, but no hidden ones', async () => {
    expect(
      await namesOf({ 'a.h5': 3, net: { 'model.json': 1, '.DS_Store': 1, shards: { g1: 2, g2: 2 } } }),
    ).toEqual(['a.h5', 'net/model.json', 'net/shards/g1', 'net/shards/g2'])
  })

  test('may be files without an entry; text is none', async () => {
    const items = [
      { kind: 'string', webkitGetAsEntry: () => null, getAsFile: () => null },
      { kind: 'file', webkitGetAsEntry: () => null, getAsFile: () => new File(['x'], 'image.png') },
    ] as unknown as DataTransferItemList
    const [file] = await droppedFiles({ items })
    expect(file).toMatchObject({ name: 'image.png', file: { size: 1 } })
  })

  test('is refused where a folder has more than anybody means', async () => {
    const huge = Object.fromEntries(Array.from({ length: 5001 }, (_, index) => [String(index), 1]))
    await expect(namesOf({ huge })).rejects.toMatchObject({ code: 'upload-too-large' })
  })
})
