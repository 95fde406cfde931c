/**
 * Labelling among 100,000 images, by requests to a core that answers as in the app: from the request to the durable answer for one image
 * after another, while the client also asks for the counts and classes as often as the interface does; for 10,000 at once, and its undo; for
 * 10,000 and for all of them by the rows of a CSV file.
 *
 *     node bench/label-latency.ts [--images 100000] [--labels 1000]
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { createHeadlessCore } from '../src/headless/host.ts'
import { benchOptions } from './options.ts'
import { quantile } from './quantile.ts'
import { report, withTemporaryFolder } from './thaw.ts'

const { images, labels } = benchOptions({ images: 100_000, labels: 1000 })
const classCount = 20
/** A key a person presses every so often; counts are asked for at most once a second. */
const keyIntervalMs = 15
const recountMs = 1000

function insertImages(file: string): void {
  const database = new Database(file)
  const insert = database.prepare(
    `INSERT INTO images (path, relative_path, sort_key, size_bytes, sha256, width, height, format, split, status)
     VALUES (?, ?, ?, ?, ?, ?, 480, 'jpeg', ?, 'ready')`,
  )
  const source = database.prepare(
    'INSERT INTO image_sources (path, image_id, relative_path) VALUES (?, ?, ?)',
  )
  const label = database.prepare('INSERT INTO annotations (image_id, class_id) VALUES (?, ?)')
  const splits = ['train', 'train', 'train', 'validation', 'test', null]
  database.transaction(() => {
    for (let index = 0; index < images; index += 1) {
      const name = `class ${index % classCount}/picture ${String(index).padStart(6, '0')}.jpg`
      const sha256 = index.toString(16).padStart(64, '0')
      const { lastInsertRowid } = insert.run(
        `/pictures/${name}`,
        name,
        name,
        1000 + index,
        sha256,
        640 + (index % 7),
        splits[index % splits.length],
      )
      source.run(`/pictures/${name}`, lastInsertRowid, name)
      if (index % 2 === 0) label.run(lastInsertRowid, 1 + (index % classCount))
    }
  })()
  database.close()
}

async function timed<Value>(run: () => Promise<Value>): Promise<{ value: Value; ms: number }> {
  const start = performance.now()
  const value = await run()
  return { value, ms: performance.now() - start }
}

await withTemporaryFolder(async (folder) => {
  process.env.THAW_HOME = join(folder, 'home')
  const path = join(folder, 'bench.thaw')
  const open = () => createHeadlessCore({ host: 'memory' }).core
  let core = open()
  const created = await core.request('projects.create', { path })
  for (let index = 0; index < classCount; index += 1) {
    await core.request('classes.create', { projectId: created.id, name: `class ${index}` })
  }
  await core.close()
  insertImages(join(path, 'project.sqlite'))

  core = open()
  try {
    const { value: project, ms: opening } = await timed(() => core.request('projects.open', { path }))
    const projectId = project.id
    const { value: first, ms: listing } = await timed(() => core.request('images.ids', { projectId }))
    console.log(
      `${first.ids.length} images: opened in ${opening.toFixed(0)} ms, first list ${listing.toFixed(0)} ms`,
    )
    const { ids: unlabelled } = await core.request('images.ids', { projectId, filter: { classIds: [null] } })

    const times: number[] = []
    let isCounting = false
    let counted = 0
    const unsubscribe = core.subscribe((name) => {
      if (name !== 'classes.changed' || isCounting || performance.now() - counted < recountMs) return
      isCounting = true
      counted = performance.now()
      void Promise.all([
        core.request('images.counts', { projectId }),
        core.request('classes.list', { projectId }),
      ]).then(() => (isCounting = false))
    })
    for (const [index, id] of unlabelled.slice(0, labels).entries()) {
      const classId = 1 + (index % classCount)
      const { ms } = await timed(() => core.request('labels.set', { projectId, imageIds: [id], classId }))
      times.push(ms)
      await delay(keyIntervalMs)
    }
    unsubscribe()
    const [half, most] = [quantile(times, 0.5), quantile(times, 0.99)]
    report(`${times.length} labels: durable, half of them`, `${half.toFixed(2)} ms`, '<= 3 ms', half <= 3)
    report('99 of 100', `${most.toFixed(2)} ms`, '<= 20 ms', most <= 20)

    const many = unlabelled.slice(-Math.min(10_000, unlabelled.length))
    const bulk = await timed(() => core.request('labels.set', { projectId, imageIds: many, classId: 1 }))
    report(`${many.length} images at once`, `${bulk.ms.toFixed(0)} ms`, '<= 500 ms', bulk.ms <= 500)
    const undone = await timed(() => core.request('journal.undo', { projectId }))
    report('their undo', `${undone.ms.toFixed(0)} ms`, '<= 500 ms', undone.ms <= 500)

    const file = join(folder, 'labels.csv')
    for (const rows of new Set([10_000, images])) {
      const listed = (await core.request('images.ids', { projectId })).ids.slice(0, rows)
      const lines = ['path,class']
      for (let start = 0; start < listed.length; start += 1000) {
        const page = await core.request('images.get', { projectId, ids: listed.slice(start, start + 1000) })
        for (const image of page.images) lines.push(`${image.path},listed ${image.id % classCount}`)
      }
      writeFileSync(file, lines.join('\n'))
      const { value, ms } = await timed(() => core.request('labels.setListed', { projectId, file }))
      if (value.applied !== listed.length) throw new Error(`expected ${listed.length}, got ${value.applied}`)
      const limit = rows > 10_000 ? undefined : 500
      const told = `${listed.length} rows of a CSV file, ${value.changed} changed`
      if (limit === undefined) console.log(`      ${told}: ${ms.toFixed(0)} ms`)
      else report(told, `${ms.toFixed(0)} ms`, `<= ${limit} ms`, ms <= limit)
      const back = await timed(() => core.request('journal.undo', { projectId }))
      console.log(`      their undo ${back.ms.toFixed(0)} ms`)
    }

    const counts = await timed(() => core.request('images.counts', { projectId }))
    const classes = await timed(() => core.request('classes.list', { projectId }))
    console.log(`      counts ${counts.ms.toFixed(1)} ms, classes ${classes.ms.toFixed(1)} ms`)
  } finally {
    await core.close()
  }
})
