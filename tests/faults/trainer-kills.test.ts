import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRandom } from '../../src/models/random.ts'
import {
  openKillLab,
  trainThroughKills,
  trainUndisturbed,
  unfinishedFiles,
  type KillLab,
} from '../fixtures/trainer-kills.ts'

let lab: KillLab
beforeAll(async () => {
  lab = await openKillLab(30)
})
afterAll(() => lab.test.dispose())

/** bench/trainer-kills.ts does the same a hundred times, with more kinds of training. */
describe.skipIf(process.platform === 'win32')('ten kills of the trainer at random moments', () => {
  it('lose nothing: every run ends with the weights of one that nobody disturbed', async () => {
    const plan = {
      head: '256:relu,dropout:0.3',
      augment: 'flip',
      augmentVariants: 2,
      inputSize: 32,
      epochs: 25,
      batchSize: 8,
    }
    const undisturbed = await trainUndisturbed(lab, plan)
    expect(undisturbed).toMatchObject({ status: 'completed', error: null })
    const random = createRandom({ seed: 11, purpose: 'kills' })
    for (let left = 10; left > 0;) {
      const options = { kills: Math.min(left, 5), random }
      const { run, kills, slowestNoticeMs } = await trainThroughKills(lab, plan, options)
      expect(run).toMatchObject({
        status: 'completed',
        error: null,
        modelSha256: undisturbed.modelSha256,
      })
      expect(run.test).toEqual(undisturbed.test)
      expect(slowestNoticeMs).toBeLessThan(2000)
      const { rows } = await lab.test.core.request('runs.metrics', {
        projectId: lab.projectId,
        runId: run.id,
      })
      const epochs = rows.filter(({ name }) => name === 'validation/loss').map(({ epoch }) => epoch)
      expect(epochs).toEqual(Array.from({ length: plan.epochs }, (_, index) => index + 1))
      // Half a file of a killed trainer does not stay behind either.
      expect(unfinishedFiles(join(lab.test.folder, 'sample.thaw', 'runs', run.id))).toEqual([])
      left -= kills
    }
  }, 300_000)
})
