/**
 * After 50 labels were changed among 10,000 images whose features are cached: seconds from the request that retrains the head until the new run's
 * figures, and what it predicts otherwise, are there. In a core that stays open, as the app's does.
 *
 *     node bench/head-retrain.ts [--images 10000] [--relabels 50] [--repeats 3] [--idle-seconds 5]
 */
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { trainPlanSchema } from '../src/contract/train-plan.ts'
import { createHeadlessCore } from '../src/headless/host.ts'
import { benchOptions } from './options.ts'
import { report, thaw, withTemporaryFolder } from './thaw.ts'

const bound = 3
const inputSize = 64
const options = benchOptions({ images: 10_000, relabels: 50, repeats: 3, 'idle-seconds': 5 })

await withTemporaryFolder(async (folder) => {
  process.env.THAW_HOME = join(folder, 'home')
  const project = join(folder, 'bench.thaw')
  await thaw('sample', project, '--images', String(options.images), '--size', String(inputSize))
  const { core } = createHeadlessCore({ host: 'browser' })
  const seconds: number[] = []
  try {
    const { id: projectId } = await core.request('projects.open', { path: project })
    const plan = trainPlanSchema.parse({ inputSize })
    const { run } = await core.request('runs.start', { projectId, plan })
    const first = await core.request('runs.wait', { projectId, runId: run.id })
    if (first.status !== 'completed')
      throw new Error(`The first run is ${first.status}: ${first.error?.message}`)
    const { classes } = await core.request('classes.list', { projectId })
    const { ids } = await core.request('images.ids', { projectId, filter: { splits: ['train'] } })
    for (let turn = 0; turn < options.repeats; turn += 1) {
      const changed = ids.slice(turn * options.relabels, (turn + 1) * options.relabels)
      const { images } = await core.request('images.get', { projectId, ids: changed })
      for (const { id, classId } of images) {
        const place = classes.findIndex((one) => one.id === classId)
        const next = classes[(place + 1) % classes.length]
        if (next) await core.request('labels.set', { projectId, imageIds: [id], classId: next.id })
      }
      // As a person looks at what was repaired before retraining.
      await delay(options['idle-seconds'] * 1000)
      const start = performance.now()
      const { run: second } = await core.request('labelErrors.retrain', { projectId, runId: run.id })
      const ended = await core.request('runs.wait', { projectId, runId: second.id })
      const runs = { before: run.id, after: second.id }
      const { effect } = await core.request('labelErrors.effect', { projectId, ...runs })
      const took = (performance.now() - start) / 1000
      seconds.push(took)
      console.log(
        `${ended.status} after ${took.toFixed(2)} s: training ${ended.seconds?.training.toFixed(2)} s, ` +
          `${effect?.repaired} labels repaired, ${effect?.changes.length} of ${effect?.images} images predicted otherwise`,
      )
    }
  } finally {
    await core.close()
  }
  const median = seconds.toSorted((a, b) => a - b)[Math.floor(seconds.length / 2)] ?? NaN
  report(
    `head retrained after ${options.relabels} relabels among ${options.images} cached images`,
    `${median.toFixed(2)} s`,
    `<= ${bound} s`,
    median <= bound,
  )
})
