/**
 * The labels of 10,000 images exported without the images, by requests to a core that answers as in the app, and once by the command line:
 * seconds from the request to the file, of the first export and of the median.
 *
 *     node bench/export-labels.ts [--images 10000] [--repeats 5]
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { labelsOnlyFormats } from '../src/contract/entities.ts'
import { createHeadlessCore } from '../src/headless/host.ts'
import { benchOptions } from './options.ts'
import { quantile } from './quantile.ts'
import { report, thaw, withTemporaryFolder } from './thaw.ts'

const { images, repeats } = benchOptions({ images: 10_000, repeats: 5 })
const classCount = 20
const limitSeconds = 0.5

/** Labelled images as an import leaves them, whose files are there: an export looks for each. */
function fill(projectFolder: string, pictures: string): void {
  for (let index = 0; index < classCount; index += 1)
    mkdirSync(join(pictures, `class ${index}`), { recursive: true })
  const database = new Database(join(projectFolder, 'project.sqlite'))
  const insert = database.prepare(
    `INSERT INTO images (path, relative_path, sort_key, size_bytes, sha256, width, height, format, split, status)
     VALUES (?, ?, ?, 4, ?, 640, 480, 'jpeg', ?, 'ready')`,
  )
  const label = database.prepare('INSERT INTO annotations (image_id, class_id) VALUES (?, ?)')
  const splits = ['train', 'train', 'train', 'validation', 'test', null]
  database.transaction(() => {
    for (let index = 0; index < images; index += 1) {
      const name = `class ${index % classCount}/picture ${String(index).padStart(8, '0')}.jpg`
      const path = join(pictures, name)
      writeFileSync(path, 'jpeg')
      const sha256 = index.toString(16).padStart(64, '0')
      const { lastInsertRowid } = insert.run(path, name, name, sha256, splits[index % splits.length])
      label.run(lastInsertRowid, 1 + (index % classCount))
    }
  })()
  database.close()
}

await withTemporaryFolder(async (folder) => {
  process.env.THAW_HOME = join(folder, 'home')
  const path = join(folder, 'bench.thaw')
  const open = () => createHeadlessCore({ host: 'memory' }).core
  let core = open()
  const created = await core.request('projects.create', { path })
  for (let index = 0; index < classCount; index += 1)
    await core.request('classes.create', { projectId: created.id, name: `class ${index}` })
  await core.close()
  fill(path, join(folder, 'pictures'))

  core = open()
  try {
    const { id: projectId } = await core.request('projects.open', { path })
    for (const format of labelsOnlyFormats) {
      const times: number[] = []
      let bytes = 0
      for (let repeat = 0; repeat <= repeats; repeat += 1) {
        const outPath = join(folder, `${format}-${repeat}`)
        const start = performance.now()
        const written = await core.request('images.export', { projectId, format, outPath, labelsOnly: true })
        times.push((performance.now() - start) / 1000)
        bytes = written.bytes
      }
      const [first = 0, ...later] = times
      const half = quantile(later, 0.5)
      report(
        `${images} labels as ${format} (${(bytes / 1e6).toFixed(1)} MB)`,
        `${first.toFixed(3)} s the first time, ${half.toFixed(3)} s`,
        `<= ${limitSeconds} s`,
        Math.max(first, half) <= limitSeconds,
      )
    }
    const { annotations } = JSON.parse(readFileSync(join(folder, 'coco-0', 'annotations.json'), 'utf8')) as {
      annotations: unknown[]
    }
    if (annotations.length !== images) throw new Error(`expected ${images} labels, got ${annotations.length}`)
  } finally {
    await core.close()
  }
  const asked = ['--format', 'coco', '--labels-only', '--out', join(folder, 'by-command')]
  const { seconds } = await thaw('export-dataset', path, ...asked)
  console.log(`      thaw export-dataset, from the start of the process to its end: ${seconds.toFixed(2)} s`)
})
