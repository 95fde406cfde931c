import { join } from 'node:path'
import { expect, it } from 'vitest'
import { trainPlanSchema } from '../../../src/contract/train-plan.ts'
import { deletePlan, listPlans, savePlan } from '../../../src/core/plans/saved-plans.ts'
import { temporaryFolder, testContext } from '../test-project.ts'

it('plans are saved by name, changed, listed and deleted, and clients are told of each', () => {
  const context = testContext()
  const project = context.projects.create(join(temporaryFolder(), 'a.thaw'))
  const plan = trainPlanSchema.parse({ epochs: 3, augment: 'flip' })
  const first = savePlan(context, project, { name: ' Mine ', plan })
  expect(first).toMatchObject({ id: 1, name: 'Mine', plan })
  savePlan(context, project, { name: 'Also', plan })
  expect(() => savePlan(context, project, { name: 'Mine', plan })).toThrow(
    expect.objectContaining({ code: 'saved-plan-exists' }),
  )
  expect(() => savePlan(context, project, { name: ' ', plan })).toThrow(
    expect.objectContaining({ code: 'saved-plan-name-invalid' }),
  )
  savePlan(context, project, { planId: 1, name: 'Mine', plan: { ...plan, epochs: 4 } })
  expect(listPlans(project)).toMatchObject([{ name: 'Also' }, { id: 1, name: 'Mine', plan: { epochs: 4 } }])
  deletePlan(context, project, 2)
  expect(() => deletePlan(context, project, 2)).toThrow(
    expect.objectContaining({ code: 'saved-plan-not-found' }),
  )
  expect(listPlans(project).map(({ name }) => name)).toEqual(['Mine'])
  expect(context.events.filter(({ name }) => name === 'plans.changed')).toHaveLength(4)
})

it('a plan that no training would take is not saved', () => {
  const context = testContext()
  const project = context.projects.create(join(temporaryFolder(), 'a.thaw'))
  const save = (changes: object) => () =>
    savePlan(context, project, { name: 'Bad', plan: trainPlanSchema.parse(changes) })
  expect(save({ backbone: 'no-such' })).toThrow(expect.objectContaining({ code: 'backbone-not-found' }))
  expect(save({ augment: 'flop' })).toThrow(expect.objectContaining({ code: 'plan-invalid' }))
  expect(save({ freeze: { kind: 'until', layer: 'nowhere' } })).toThrow(
    expect.objectContaining({ code: 'layer-not-found' }),
  )
  expect(listPlans(project)).toEqual([])
})
