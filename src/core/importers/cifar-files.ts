import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdtemp, open, readdir, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { AppError } from '../../contract/errors.ts'
import { classNameFromFolder } from '../labels/class-name.ts'
import type { ImportSource, ImportWork } from './importer.ts'
import { isGzip, tarEntries } from './tar-entries.ts'

/** How one of the two CIFAR data sets is laid out. @see https://www.cs.toronto.edu/~kriz/cifar.html */
export interface CifarLayout {
  title: string
  /** Of its binary version's archive. */
  archive: string
  /** The folder in the archive. */
  folder: string
  /** Of batches. */
  batchName: RegExp
  /** What the Python version's files are called. */
  pythonName: RegExp
  /** Labels come first in a record, one byte each, then 32x32 pixels in planes. */
  labels: readonly {
    /** The file with its names, one a line. */
    file: string
    /** Where that file is not there. */
    names: readonly string[]
  }[]
}

export const cifarSide = 32

/** A file of records that was read through. */
export interface CifarBatch {
  /** Of the file, such as data_batch_1.bin. */
  name: string
  /** Hexadecimal, of all its bytes. */
  sha256: string
  /** For each label of the layout, uint8 `[records]`. */
  labels: Uint8Array[]
}

/** A data set that was read through and is whole. */
export interface CifarFiles {
  batches: CifarBatch[]
  /** For each label of the layout, the names by number. */
  names: string[][]
  /** Gives each batch's file on the disk, in the order of `batches`; an archive's last as long as `use` runs. */
  withPaths<Result>(
    work: Pick<ImportWork, 'cache' | 'proceed'>,
    use: (paths: string[]) => Promise<Result>,
  ): Promise<Result>
}

interface FoundFile {
  name: string
  sizeBytes: number
  content: AsyncIterable<Buffer>
}

const mostNamesBytes = 64 * 1024
/** Of an archive, unpacked: the data sets have 184 million. */
const mostBytes = 2 ** 31

export function recordBytesOf(layout: CifarLayout): number {
  return layout.labels.length + 3 * cifarSide * cifarSide
}

function invalid(path: string, problem: string, advice: string): AppError {
  return new AppError('import-invalid', `${path} ${problem} ${advice}`, { path, reason: problem })
}

/** Reads one batch through. @throws import-invalid where its size does not fit */
async function readBatch(layout: CifarLayout, file: FoundFile, path: string): Promise<CifarBatch> {
  const recordBytes = recordBytesOf(layout)
  const records = file.sizeBytes / recordBytes
  if (file.sizeBytes === 0 || !Number.isInteger(records)) {
    throw invalid(
      path,
      `has ${file.sizeBytes} bytes; a multiple of ${recordBytes} was expected, which is one record of ${layout.title}.`,
      `It was cut off, or is something else. Get ${layout.archive} again.`,
    )
  }
  const labels = layout.labels.map(() => new Uint8Array(records))
  const hash = createHash('sha256')
  let position = 0
  for await (const chunk of file.content) {
    hash.update(chunk)
    const end = Math.min(position + chunk.length, file.sizeBytes)
    for (let record = Math.floor(position / recordBytes); record * recordBytes < end; record += 1) {
      for (const [index, column] of labels.entries()) {
        const at = record * recordBytes + index - position
        if (at >= 0 && at < chunk.length) column[record] = chunk[at] as number
      }
    }
    position += chunk.length
  }
  return { name: file.name, sha256: hash.digest('hex'), labels }
}

async function readNames(file: FoundFile): Promise<string[] | null> {
  if (file.sizeBytes > mostNamesBytes) return null
  const chunks: Buffer[] = []
  for await (const chunk of file.content) chunks.push(chunk)
  const lines = Buffer.concat(chunks)
    .toString('utf8')
    .split('\n')
    .map((line) => classNameFromFolder(line))
  return lines.filter((line) => line !== null)
}

/** Opened where it is read, and not before. */
async function* contentOf(path: string): AsyncGenerator<Buffer> {
  yield* createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>
}

async function* filesOf(paths: readonly string[]): AsyncGenerator<FoundFile> {
  for (const path of paths) {
    const { size } = await stat(path)
    yield { name: basename(path), sizeBytes: size, content: contentOf(path) }
  }
}

async function* filesInArchive(path: string): AsyncGenerator<FoundFile> {
  for await (const entry of tarEntries(path)) {
    // A Mac puts a shadow beside each file.
    const name = entry.name.slice(entry.name.lastIndexOf('/') + 1)
    if (!name.startsWith('._')) yield { ...entry, name }
  }
}

/** The folder that has the batches: this one, or the one that the archive unpacks to. */
export async function cifarFolder(layout: CifarLayout, folder: string): Promise<string | null> {
  for (const candidate of [folder, join(folder, layout.folder)]) {
    const names = await readdir(candidate).catch(() => [])
    if (names.some((name) => layout.batchName.test(name) || layout.pythonName.test(name))) return candidate
  }
  return null
}

/** The paths that are of use, where the source is a folder or a batch by itself; null where it is an archive. */
async function pathsOf(layout: CifarLayout, source: ImportSource): Promise<string[] | null> {
  if (!source.isFolder && ((await isGzip(source.path)) || source.path.endsWith('.tar'))) return null
  const folder = source.isFolder ? await cifarFolder(layout, source.path) : dirname(source.path)
  const beside = folder === null ? [] : (await readdir(folder).catch(() => [])).sort()
  const wanted = beside.filter(
    (name) =>
      layout.labels.some(({ file }) => file === name) ||
      (source.isFolder && (layout.batchName.test(name) || layout.pythonName.test(name))),
  )
  const paths = wanted.map((name) => join(folder ?? '', name))
  return source.isFolder ? paths : [...paths, source.path]
}

function checkLabels(layout: CifarLayout, batch: CifarBatch, names: string[][], path: string): void {
  for (const [index, column] of batch.labels.entries()) {
    const count = names[index]?.length ?? 0
    const record = column.findIndex((label) => label >= count)
    if (record < 0) continue
    throw invalid(
      path,
      `has the label ${column[record]} in record ${record + 1}; 0 to ${count - 1} was expected.`,
      `It is not ${layout.title}, or is damaged. Choose the right format, or get ${layout.archive} again.`,
    )
  }
}

/**
 * Reads every batch of a folder, of an archive or of one `.bin` through.
 *
 * @throws import-format-unknown where there are none, or they are the Python version; import-invalid
 */
export async function openCifar(layout: CifarLayout, source: ImportSource): Promise<CifarFiles> {
  const paths = await pathsOf(layout, source)
  const isBatch = (name: string): boolean =>
    layout.batchName.test(name) || (!source.isFolder && paths !== null && name === basename(source.path))
  const batches: CifarBatch[] = []
  const names = layout.labels.map((label) => [...label.names])
  let isPython = false
  let bytes = 0
  for await (const file of paths ? filesOf(paths) : filesInArchive(source.path)) {
    const label = layout.labels.findIndex((one) => one.file === file.name)
    isPython ||= layout.pythonName.test(file.name)
    if (label >= 0) names[label] = (await readNames(file)) ?? (names[label] as string[])
    else if (isBatch(file.name) && !batches.some(({ name }) => name === file.name)) {
      const path = paths?.find((one) => basename(one) === file.name) ?? join(source.path, file.name)
      bytes += file.sizeBytes
      if (bytes > mostBytes) {
        throw invalid(path, `brings it to more than ${mostBytes} bytes.`, `This is not ${layout.title}.`)
      }
      batches.push(await readBatch(layout, file, path))
    }
  }
  if (batches.length === 0) {
    throw new AppError(
      'import-format-unknown',
      isPython
        ? `${source.path} is the Python version of ${layout.title}. The binary version was expected: get ${layout.archive}.`
        : `There are no batches of ${layout.title} in ${source.path}. Expected ${layout.archive}, or the folder that it unpacks to.`,
      { path: source.path },
    )
  }
  for (const batch of batches) checkLabels(layout, batch, names, join(source.path, batch.name))

  return {
    batches,
    names,
    async withPaths({ cache, proceed }, use) {
      if (paths) {
        return use(batches.map(({ name }) => paths.find((path) => basename(path) === name) as string))
      }
      const folder = await mkdtemp(join(cache, 'cifar-'))
      try {
        await extractBatches(source.path, folder, batches, proceed)
        return await use(batches.map(({ name }) => join(folder, name)))
      } finally {
        await rm(folder, { recursive: true, force: true })
      }
    },
  }
}

/** Writes the batches, under names that the layout knows, into a folder of their own. */
async function extractBatches(
  archive: string,
  folder: string,
  batches: readonly CifarBatch[],
  proceed: ImportWork['proceed'],
): Promise<void> {
  const left = new Set(batches.map(({ name }) => name))
  for await (const { name, content } of filesInArchive(archive)) {
    if (!left.delete(name)) continue
    const file = await open(join(folder, name), 'wx')
    try {
      for await (const chunk of content) {
        await proceed()
        await file.appendFile(chunk)
      }
    } finally {
      await file.close()
    }
    if (left.size === 0) return
  }
}
