import { existsSync } from 'node:fs'
import { copyFile, mkdir, readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const shared = fileURLToPath(new URL('../../../shared/data/', import.meta.url))

export interface PhotographSet {
  name: string
  /** Folders of class folders. */
  parts: readonly string[]
  /** So many images of each class are taken. */
  perClass: number
  /** Of each class one image in so many is put into the next class's folder. */
  oneWrongIn: number
}

export const hasPhotographs = (name: string): boolean => existsSync(join(shared, name))

/** Copies part of a data set into class folders. @returns the true class of each file, by its name */
export async function copyMislabelled(
  { name, parts, perClass, oneWrongIn }: PhotographSet,
  into: string,
): Promise<Map<string, string>> {
  const truths = new Map<string, string>()
  const files = new Map<string, string[]>()
  for (const part of parts) {
    for (const entry of await readdir(join(shared, name, part), { withFileTypes: true })) {
      if (!entry.isDirectory()) continue
      const folder = join(shared, name, part, entry.name)
      const pictures = (await readdir(folder)).filter((file) => file.endsWith('.jpg'))
      const before = files.get(entry.name) ?? []
      files.set(entry.name, [...before, ...pictures.sort().map((file) => join(folder, file))])
    }
  }
  const classes = [...files.keys()].sort()
  for (const [index, truth] of classes.entries()) {
    const wrong = classes[(index + 1) % classes.length]!
    for (const [place, file] of files.get(truth)!.slice(0, perClass).entries()) {
      const folder = join(into, place % oneWrongIn === 3 ? wrong : truth)
      await mkdir(folder, { recursive: true })
      await copyFile(file, join(folder, basename(file)))
      truths.set(basename(file), truth)
    }
  }
  return truths
}
