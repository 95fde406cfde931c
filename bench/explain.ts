/**
 * Heat maps of a run's images, one after another as a person steps through them: a run of EfficientNet-Lite0 at 224 on drawn images, in a core
 * that stays open, as the app's does. Times are from the request to the answer, the first one with the model's loading apart.
 *
 *     node bench/explain.ts [--images 200] [--repeats 20]
 */
import { join } from 'node:path'
import { trainPlanSchema } from '../src/contract/train-plan.ts'
import { createHeadlessCore } from '../src/headless/host.ts'
import { benchOptions } from './options.ts'
import { quantile } from './quantile.ts'
import { report, thaw, withTemporaryFolder } from './thaw.ts'

const boundMs = 300
const options = benchOptions({ images: 200, repeats: 20 })

await withTemporaryFolder(async (folder) => {
  process.env.THAW_HOME = join(folder, 'home')
  const path = join(folder, 'bench.thaw')
  await thaw('sample', path, '--images', String(options.images), '--size', '320', '--classes', '5')
  const { core } = createHeadlessCore({ host: 'browser' })
  try {
    const { id: projectId } = await core.request('projects.open', { path })
    const plan = trainPlanSchema.parse({ epochs: 3 })
    const { run } = await core.request('runs.start', { projectId, plan })
    const runId = run.id
    await core.request('runs.wait', { projectId, runId })
    const { ids } = await core.request('images.ids', { projectId })
    const { images } = await core.request('images.get', { projectId, ids: ids.slice(0, options.repeats + 1) })
    const hashes = images.flatMap(({ sha256 }) => sha256 ?? [])
    const time = async (ask: () => Promise<unknown>): Promise<number> => {
      const start = performance.now()
      await ask()
      return performance.now() - start
    }
    for (const method of ['grad-cam', 'grad-cam++'] as const) {
      const times: number[] = []
      for (const sha256 of hashes) {
        times.push(
          await time(() => core.request('runs.explain', { projectId, runId, image: { sha256 }, method })),
        )
      }
      const [first = NaN, ...next] = times
      const worst = quantile(next, 0.95)
      const measured = `${quantile(next, 0.5).toFixed(0)} ms, 95%: ${worst.toFixed(0)} ms, first: ${first.toFixed(0)} ms`
      report(`${method} of an image at 224`, measured, `95% <= ${boundMs} ms`, worst <= boundMs)
    }
    const [one, ...others] = hashes
    const near: number[] = []
    for (const sha256 of [one ?? '', ...others]) {
      near.push(await time(() => core.request('runs.neighbours', { projectId, runId, image: { sha256 } })))
    }
    const [firstNear = NaN, ...nextNear] = near
    const typical = quantile(nextNear, 0.5)
    const nearMeasured = `${typical.toFixed(0)} ms, first: ${firstNear.toFixed(0)} ms`
    report(`nearest of ${options.images} images`, nearMeasured, `<= ${boundMs} ms`, typical <= boundMs)
    const method = 'occlusion'
    const covered = await time(() =>
      core.request('runs.explain', { projectId, runId, image: { sha256: one ?? '' }, method }),
    )
    report('occlusion of an image at 224', `${(covered / 1000).toFixed(1)} s`, 'no bound', true)
  } finally {
    await core.close()
  }
})
