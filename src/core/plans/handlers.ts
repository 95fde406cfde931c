import type { CoreContext, Handlers } from '../context.ts'
import { deletePlan, listPlans, savePlan } from './saved-plans.ts'

export function createPlansHandlers(
  context: Pick<CoreContext, 'dataDir' | 'publish' | 'projects'>,
): Handlers<'plans.list' | 'plans.save' | 'plans.delete'> {
  const { projects } = context
  return {
    'plans.list': ({ projectId }) => ({ plans: listPlans(projects.get(projectId)) }),
    'plans.save': ({ projectId, ...plan }) => savePlan(context, projects.get(projectId), plan),
    'plans.delete'({ projectId, planId }) {
      deletePlan(context, projects.get(projectId), planId)
      return {}
    },
  }
}
