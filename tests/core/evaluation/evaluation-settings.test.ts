import { afterEach, describe, expect, it } from 'vitest'
import { forgetEvaluationSettings } from '../../../src/core/evaluation/evaluation-settings.ts'
import { openEvaluationBench, type EvaluationBench, type PredictedImage } from './evaluation-bench.ts'

/** Nine of ten sure at 0.99, though only eight of ten are right: too sure by far. */
const tooSure: PredictedImage[] = Array.from({ length: 20 }, (_, index) => ({
  name: `validation/${index}.jpg`,
  truth: index % 5 === 0 ? 1 : 0,
  probabilities: [0.99, 0.01],
}))

let opened: EvaluationBench
const open = async (...arguments_: Parameters<typeof openEvaluationBench>) =>
  (opened = await openEvaluationBench(...arguments_))
afterEach(() => opened.bench.dispose())

describe('the temperature of a run', () => {
  it('is fitted on the validation split and kept over restarts', async () => {
    const { settings, bench } = await open(['ant', 'bee'], { validation: tooSure })
    const { temperature } = await settings()
    // Best where 0.99 becomes 0.8: the logit ln(99) divided by T is ln(4).
    expect(temperature).toEqual({ value: expect.closeTo(Math.log(99) / Math.log(4), 5), images: 20 })
    const kept = bench.project.database.prepare('SELECT temperature FROM evaluation_settings').pluck().get()
    expect(JSON.parse(kept as string)).toEqual(temperature)
  })

  it('says why there is none', async () => {
    const { settings } = await open(['ant', 'bee'], { test: tooSure })
    expect(await settings()).toMatchObject({ temperature: null, temperatureMissing: 'no-validation' })
    await opened.bench.dispose()
    const allRight = tooSure.map((image) => ({ ...image, truth: 0 }))
    const other = await open(['ant', 'bee'], { validation: allRight })
    expect(await other.settings()).toMatchObject({ temperature: null, temperatureMissing: 'undetermined' })
  })
})

describe('the threshold of a run', () => {
  const rule = { threshold: 0.7, byClass: { bee: 0.9 }, calibrated: true }

  it('is kept with the run, and taken back', async () => {
    const { ask, settings } = await open(['ant', 'bee'], { validation: tooSure })
    expect(await ask('evaluation.setThreshold', { rule })).toMatchObject({ rejection: rule })
    expect((await settings()).rejection).toEqual(rule)
    await ask('evaluation.setThreshold', { rule: null })
    expect((await settings()).rejection).toBeNull()
    expect((await settings()).temperature).not.toBeNull()
  })

  it('is forgotten with the predictions that it was chosen for', async () => {
    const { ask, settings, bench } = await open(['ant', 'bee'], { validation: tooSure })
    await ask('evaluation.setThreshold', { rule })
    forgetEvaluationSettings(bench.project, 1)
    expect((await settings()).rejection).toBeNull()
  })

  it('is refused for classes that the run has not, and for a temperature that it has not', async () => {
    const { ask } = await open(['ant', 'bee'], { test: tooSure })
    await expect(
      ask('evaluation.setThreshold', { rule: { ...rule, byClass: { fly: 0.5 } } }),
    ).rejects.toMatchObject({ code: 'class-not-found', details: { class: 'fly' } })
    await expect(ask('evaluation.setThreshold', { rule })).rejects.toMatchObject({
      code: 'temperature-missing',
    })
  })
})
