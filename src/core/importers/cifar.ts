import { open, readdir } from 'node:fs/promises'
import { basename, join, parse } from 'node:path'
import type { ImportFormat, Split } from '../../contract/entities.ts'
import {
  cifarFolder,
  cifarSide,
  openCifar,
  recordBytesOf,
  type CifarBatch,
  type CifarFiles,
  type CifarLayout,
} from './cifar-files.ts'
import { cifar100CoarseNames, cifar100FineNames, cifar10Names } from './cifar-names.ts'
import { inImportOrder } from './folder.ts'
import type { Importer, ImportOptions, ImportScan, ImportSource, ImportWork } from './importer.ts'
import { safeFileName } from './safe-file-name.ts'
import { isGzip, tarEntries } from './tar-entries.ts'
import { allLanes, checkWritten, withStats, type UnpackedFile } from './unpacked-files.ts'

const cifar10: CifarLayout = {
  title: 'CIFAR-10',
  archive: 'cifar-10-binary.tar.gz',
  folder: 'cifar-10-batches-bin',
  batchName: /^(data_batch_\d+|test_batch)\.bin$/,
  pythonName: /^(data_batch_\d+|test_batch)$/,
  labels: [{ file: 'batches.meta.txt', names: cifar10Names }],
}

const cifar100: CifarLayout = {
  title: 'CIFAR-100',
  archive: 'cifar-100-binary.tar.gz',
  folder: 'cifar-100-binary',
  batchName: /^(train|test)\.bin$/,
  // Its batches are called train and test, as the folders of many data sets are; this lies beside them.
  pythonName: /^file\.txt~$/,
  labels: [
    { file: 'coarse_label_names.txt', names: cifar100CoarseNames },
    { file: 'fine_label_names.txt', names: cifar100FineNames },
  ],
}

/** Records that one imaging process writes at once: some tenths of a second. */
const recordsAtOnce = 500

function splitOf({ name }: CifarBatch): Split | null {
  if (name.startsWith('test')) return 'test'
  return /^(data_batch|train)/.test(name) ? 'train' : null
}

/** Every record as a file to be, in the order of `batches`. */
function plannedFiles(
  format: ImportFormat,
  files: CifarFiles,
  pictures: string,
  coarse: boolean,
): UnpackedFile[][] {
  const last = files.names.length - 1
  const shown = coarse ? 0 : last
  return files.batches.map((batch) => {
    const stem = parse(batch.name).name
    // By content: the same batch comes to the same files from wherever it is imported.
    const folder = join(pictures, `${format}-${safeFileName(stem)}-${batch.sha256.slice(0, 12)}`)
    const split = splitOf(batch)
    return Array.from(batch.labels[last] as Uint8Array, (label, record): UnpackedFile => {
      const file = `${String(record).padStart(5, '0')}.png`
      const fineName = files.names[last]?.[label] as string
      const className = files.names[shown]?.[batch.labels[shown]?.[record] ?? 0] as string
      return {
        path: join(folder, safeFileName(fineName), file),
        relativePath: `${stem}/${safeFileName(fineName)}/${file}`,
        className,
        split,
      }
    })
  })
}

async function unpack(
  layout: CifarLayout,
  paths: string[],
  files: UnpackedFile[][],
  { imaging, writes, proceed, progress, pictures }: ImportWork,
): Promise<void> {
  const recordBytes = recordBytesOf(layout)
  const parts = files.flatMap((batch, index) =>
    Array.from({ length: Math.ceil(batch.length / recordsAtOnce) }, (_, part) => ({
      path: paths[index] as string,
      first: part * recordsAtOnce,
      targets: batch.slice(part * recordsAtOnce, (part + 1) * recordsAtOnce).map((file) => file.path),
    })),
  )
  const total = files.reduce((sum, batch) => sum + batch.length, 0)
  let done = 0
  let next = 0
  progress(done, total)
  const lane = async (): Promise<void> => {
    for (let part = parts[next++]; part; part = parts[next++]) {
      await proceed()
      const { path, first, targets } = part
      for (const target of targets) writes(target)
      const firstByte = first * recordBytes
      const result = await imaging.unpackRecords({ path, firstByte, recordBytes, side: cifarSide, targets })
      checkWritten(result, pictures)
      done += targets.length
      progress(done, total)
    }
  }
  // Two for each process: the next one is there when it is done.
  await allLanes(Array.from({ length: imaging.workers * 2 }, lane))
}

async function isArchiveOf(layout: CifarLayout, path: string): Promise<boolean> {
  if (!(await isGzip(path)) && !path.endsWith('.tar')) return false
  try {
    let looked = 0
    for await (const { name } of tarEntries(path)) {
      const file = basename(name)
      if (layout.batchName.test(file) || layout.pythonName.test(file)) return true
      if (layout.labels.some((label) => label.file === file)) return true
      if (++looked >= 20) return false
    }
  } catch {
    // No tar archive is none of CIFAR.
  }
  return false
}

/** Whether the first records of a file have labels of the layout, and its size is some records. */
async function hasRecords(layout: CifarLayout, path: string): Promise<boolean> {
  const recordBytes = recordBytesOf(layout)
  const file = await open(path, 'r')
  try {
    const { size } = await file.stat()
    if (size === 0 || size % recordBytes !== 0) return false
    for (let record = 0; record < Math.min(100, size / recordBytes); record += 1) {
      const { buffer } = await file.read(
        Buffer.alloc(layout.labels.length),
        0,
        layout.labels.length,
        record * recordBytes,
      )
      if (layout.labels.some(({ names }, index) => (buffer[index] as number) >= names.length)) return false
    }
    return true
  } finally {
    await file.close()
  }
}

async function isLayout(
  layout: CifarLayout,
  { path, isFolder }: ImportSource,
  isCommonName: (name: string) => boolean,
): Promise<boolean> {
  if (!isFolder) {
    const name = basename(path)
    if (layout.batchName.test(name) && !isCommonName(name)) return true
    return name.endsWith('.bin') ? hasRecords(layout, path) : isArchiveOf(layout, path)
  }
  const folder = await cifarFolder(layout, path)
  if (folder === null) return false
  if (basename(folder) === layout.folder) return true
  const names = await readdir(folder)
  if (names.some((name) => layout.labels.some(({ file }) => file === name))) return true
  const batch = names.find((name) => layout.batchName.test(name) || layout.pythonName.test(name)) as string
  return !isCommonName(batch) || hasRecords(layout, join(folder, batch))
}

function importerOf(
  id: ImportFormat,
  layout: CifarLayout,
  isCommonName: (name: string) => boolean,
): Importer {
  return {
    id,
    recognizes: (source) => isLayout(layout, source, isCommonName),
    async open(source, options: ImportOptions) {
      const files = await openCifar(layout, source)
      return {
        unpacks: true,
        hasCoarse: layout.labels.length > 1,
        look: () =>
          Promise.resolve({
            images: plannedFiles(id, files, '', options.coarse).flat(),
            skipped: [],
          }),
        async scan(work): Promise<ImportScan> {
          const planned = plannedFiles(id, files, work.pictures, options.coarse)
          await files.withPaths(work, (paths) => unpack(layout, paths, planned, work))
          return inImportOrder({ candidates: await withStats(planned.flat()), skipped: [] })
        },
      }
    },
  }
}

/** The binary version of CIFAR-10: its archive, the folder that it unpacks to, or one batch. */
export const cifar10Importer = importerOf('cifar10', cifar10, () => false)
/** The binary version of CIFAR-100, likewise. Its files have names that many others have. */
export const cifar100Importer = importerOf('cifar100', cifar100, () => true)
