import { AppError } from '../../../contract/errors.ts'
import type { CoreContext, Handlers } from '../../context.ts'
import { backboneOf } from '../../own-backbones/own-backbones.ts'
import type { OpenProject } from '../../projects/open-projects.ts'
import { findRecipe, planOfRecipe, recipes } from '../../../models/training/recipes/index.ts'
import { startRun, type StartRunDeps } from '../start-run.ts'
import type { RunGroups } from './run-groups.ts'
import { findGroup, listGroups } from './stored-groups.ts'

type GroupsRequest =
  | 'recipes.list'
  | 'recipes.plan'
  | 'runs.startRecipe'
  | 'runs.sweep'
  | 'runs.groups'
  | 'runs.stopGroup'
  | 'runs.waitGroup'

/** Recipes, ladders and sweeps. @param closing the signal of a project's closing */
export function createGroupsHandlers(
  { projects }: Pick<CoreContext, 'projects'>,
  deps: StartRunDeps,
  groups: RunGroups,
  closing: (project: OpenProject) => AbortSignal,
): Handlers<GroupsRequest> {
  const find = (id: string) => backboneOf(deps.dataDir, id)
  return {
    'recipes.list': () => ({ recipes: [...recipes] }),
    'recipes.plan'({ recipe: id, settings }) {
      const recipe = findRecipe(id)
      return planOfRecipe(recipe, settings, recipe.ladder?.steps[0], find)
    },
    async 'runs.startRecipe'({ projectId, recipe: id, settings, name, timeBudgetMinutes }) {
      const project = projects.get(projectId)
      const recipe = findRecipe(id)
      if (recipe.ladder) {
        const options = { settings, name, timeBudgetMinutes }
        const { group, runs, notices } = await groups.climb(project, recipe, options, closing(project))
        return { run: runs[0]!, group, notices }
      }
      if (timeBudgetMinutes !== undefined) {
        throw new AppError(
          'invalid-input',
          `The recipe '${id}' trains one run, which has no time budget; leave it out, or choose a recipe that tries several, as 'auto'.`,
          { recipe: id },
        )
      }
      const plan = planOfRecipe(recipe, settings, undefined, find)
      const started = await startRun(deps, project, plan, { name, recipe: recipe.id }, closing(project))
      return { ...started, group: null }
    },
    'runs.sweep'(input) {
      const project = projects.get(input.projectId)
      return groups.sweep(project, input, closing(project))
    },
    'runs.groups': ({ projectId }) => ({
      // One that has ended and whose runs were all deleted waits for their return.
      groups: listGroups(projects.get(projectId)).filter(
        (group) => group.status === 'running' || group.runs.length > 0,
      ),
    }),
    'runs.stopGroup'({ projectId, groupId }) {
      groups.stop(projects.get(projectId), groupId)
      return {}
    },
    async 'runs.waitGroup'({ projectId, groupId }) {
      const project = projects.get(projectId)
      await groups.ended(project, groupId)
      return findGroup(project, groupId)
    },
  }
}
