/**
 * The whole hygiene scan of 10,000 drawn JPEG files of 640x480: seconds after an import, which has measured them already, and seconds where nothing
 * was measured yet.
 *
 *     node bench/hygiene.ts [--images 10000]
 */
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { drawnJpegs } from './drawn-jpegs.ts'
import { coreWithoutTrainer, importInto } from './imported-project.ts'
import { benchOptions } from './options.ts'
import { report, withTemporaryFolder } from './thaw.ts'

const { images } = benchOptions({ images: 10_000 })
const mostSeconds = 40

const files = await drawnJpegs(images)
await withTemporaryFolder(async (folder) => {
  const path = join(folder, 'bench.thaw')
  const core = coreWithoutTrainer(folder)
  try {
    const { projectId, seconds: importSeconds } = await importInto(core, path, files)
    const timed = async (id: string) => {
      const start = performance.now()
      const { pairs } = await core.request('hygiene.scan', { projectId: id })
      const { kinds } = await core.request('hygiene.summary', { projectId: id })
      const findings = kinds.reduce((sum, kind) => sum + kind.findings, 0)
      return { seconds: (performance.now() - start) / 1000, pairs, findings }
    }
    const after = await timed(projectId)
    console.log(
      `      imported in ${importSeconds.toFixed(1)} s; ${after.pairs} pairs, ${after.findings} findings`,
    )
    report(
      `hygiene of ${images} images, measured when they were read`,
      `${after.seconds.toFixed(1)} s`,
      `<= ${mostSeconds} s`,
      after.seconds <= mostSeconds,
    )

    await core.request('projects.close', { projectId })
    const database = new Database(join(path, 'project.sqlite'))
    database.exec('DELETE FROM near_duplicates; DELETE FROM image_measurements; DELETE FROM image_layouts')
    database.close()
    const again = await core.request('projects.open', { path })
    const whole = await timed(again.id)
    report(
      `the same, measured now from their thumbnails`,
      `${whole.seconds.toFixed(1)} s`,
      `<= ${mostSeconds} s`,
      whole.seconds <= mostSeconds,
    )
  } finally {
    await core.close()
  }
})
