import { AppError } from '../../contract/errors.ts'
import type { RequestParsedInput } from '../../contract/requests/index.ts'
import type { SavedPlan } from '../../contract/requests/plans.ts'
import { trainPlanSchema } from '../../contract/train-plan.ts'
import type { CoreContext } from '../context.ts'
import { backboneOf } from '../own-backbones/own-backbones.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import { checkPlan } from '../runs/check-plan.ts'
import type { SavedPlanRow } from '../store/tables/saved-plans.ts'

const longestName = 100

/** By name. One that only a newer program understands is left out. */
export function listPlans({ database }: OpenProject): SavedPlan[] {
  const rows = database.prepare<[], SavedPlanRow>('SELECT * FROM saved_plans ORDER BY name').all()
  return rows.flatMap(({ id, name, plan, changed_at: changedAt }) => {
    const parsed = trainPlanSchema.safeParse(JSON.parse(plan))
    return parsed.success ? [{ id, name, plan: parsed.data, changedAt }] : []
  })
}

/** @throws AppError 'saved-plan-name-invalid', 'saved-plan-exists', 'saved-plan-not-found', 'backbone-not-found', 'layer-not-found', 'plan-invalid' */
export function savePlan(
  { dataDir, publish }: Pick<CoreContext, 'dataDir' | 'publish'>,
  project: OpenProject,
  { planId, name: given, plan }: Omit<RequestParsedInput<'plans.save'>, 'projectId'>,
): SavedPlan {
  checkPlan(plan, backboneOf(dataDir, plan.backbone), 2)
  const name = freeName(project, given, planId)
  const changedAt = Date.now()
  const row = { name, plan: JSON.stringify(plan), changed_at: changedAt }
  const id = project.transaction(() =>
    planId === undefined ? insert(project, row) : update(project, planId, row),
  )
  publish('plans.changed', { projectId: project.id })
  return { id, name, plan, changedAt }
}

/** @throws AppError 'saved-plan-not-found' */
export function deletePlan(
  { publish }: Pick<CoreContext, 'publish'>,
  project: OpenProject,
  planId: number,
): void {
  const { changes } = project.transaction(() =>
    project.database.prepare<[number]>('DELETE FROM saved_plans WHERE id = ?').run(planId),
  )
  if (changes === 0) throw notFound(planId)
  publish('plans.changed', { projectId: project.id })
}

type NewRow = Omit<SavedPlanRow, 'id'>

function insert({ database }: OpenProject, row: NewRow): number {
  const { lastInsertRowid } = database
    .prepare<NewRow>('INSERT INTO saved_plans (name, plan, changed_at) VALUES (@name, @plan, @changed_at)')
    .run(row)
  return Number(lastInsertRowid)
}

function update({ database }: OpenProject, id: number, row: NewRow): number {
  const { changes } = database
    .prepare<SavedPlanRow>(
      'UPDATE saved_plans SET name = @name, plan = @plan, changed_at = @changed_at WHERE id = @id',
    )
    .run({ id, ...row })
  if (changes === 0) throw notFound(id)
  return id
}

function freeName({ database }: OpenProject, given: string, ownId: number | undefined): string {
  const name = given.normalize('NFC').trim()
  if (name === '' || name.length > longestName) {
    throw new AppError(
      'saved-plan-name-invalid',
      `A plan's name should have 1 to ${longestName} characters; this one has ${name.length}.`,
      { name },
    )
  }
  const other = database
    .prepare<[string], number>('SELECT id FROM saved_plans WHERE name = ?')
    .pluck()
    .get(name)
  if (other === undefined || other === ownId) return name
  throw new AppError(
    'saved-plan-exists',
    `There is a plan ${name} already. Choose another name, or change that plan.`,
    { name },
  )
}

function notFound(planId: number): AppError {
  return new AppError(
    'saved-plan-not-found',
    `There is no saved plan with the id ${planId}; it may have been deleted.`,
    { planId },
  )
}
