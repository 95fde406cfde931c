import { readFileSync } from 'node:fs'
import { Option } from 'commander'
import type { Notice, RunGroup } from '../../contract/entities.ts'
import { readPlanFile } from '../../contract/plan-file.ts'
import type { PlanSettings } from '../../contract/recipes.ts'
import type { CliCommand } from './command.ts'
import { UsageError } from './errors.ts'
import { documentOf, followGroup, followRun } from './follow-run.ts'
import { formatPercent } from './format.ts'
import { jsonOption, nonEmptyText, realNumber } from './options.ts'
import { addPlanOptions, asUsageError, settingsOf, type PlanOptions } from './plan-options.ts'
import { describeRun } from './run-document.ts'
import { absolutePath, withProject, type ProjectSession } from './session.ts'
import type { Terminal } from './terminal.ts'

interface TrainOptions extends PlanOptions {
  recipe?: string
  plan?: string
  timeBudget?: number
  name?: string
  json?: boolean
}

export const trainCommand: CliCommand = {
  define(parent, run) {
    addPlanOptions(parent.command('train'))
      .description('train a classifier on the labelled images, evaluate it, and keep it as a run')
      .argument('<project>', 'the project')
      .option(
        '--recipe <name>',
        "settings by name, which other options win over; 'auto' tries several",
        nonEmptyText,
      )
      .addOption(
        new Option('--plan <file>', 'settings that were saved as a file, which other options win over')
          .argParser(nonEmptyText)
          .conflicts('recipe'),
      )
      .addOption(
        new Option('--time-budget <minutes>', "of the recipe 'auto'; default: 60").argParser(
          realNumber(0, 1e6, { excludeMinimum: true }),
        ),
      )
      .option('--name <name>', "the run's name", nonEmptyText)
      .addOption(jsonOption())
      .action(
        run(async (terminal, folder: string, options: TrainOptions) => {
          const { recipe, plan, timeBudget, name, json: _json, ...planOptions } = options
          const settings = { ...(plan === undefined ? {} : planOfFile(plan)), ...settingsOf(planOptions) }
          if (timeBudget !== undefined && recipe === undefined) {
            throw new UsageError("--time-budget is of a recipe that tries several runs; add '--recipe auto'.")
          }
          await withProject(folder, (session) =>
            train(terminal, session, settings, { recipe, timeBudget, name }),
          )
        }),
      )
  },
}

/** @throws UsageError where it cannot be read, or is no plan */
function planOfFile(file: string): PlanSettings {
  try {
    return readPlanFile(readFileSync(absolutePath(file), 'utf8')).plan
  } catch (error) {
    throw new UsageError(`--plan ${file}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

async function train(
  terminal: Terminal,
  session: ProjectSession,
  settings: PlanSettings,
  { recipe, timeBudget, name }: Pick<TrainOptions, 'recipe' | 'timeBudget' | 'name'>,
): Promise<void> {
  const { request } = session
  const refused = (error: unknown): never => {
    throw asUsageError(error)
  }
  if (recipe === undefined) {
    const run = await followRun(terminal, session, () =>
      request('runs.start', { plan: settings, name }).catch(refused),
    )
    const document = await documentOf(session, run)
    return terminal.answer(document, () => describeRun(run))
  }
  const { recipes } = await session.core.request('recipes.list', {})
  const start = () =>
    request('runs.startRecipe', { recipe, settings, name, timeBudgetMinutes: timeBudget }).catch(refused)
  if (!recipes.find(({ id }) => id === recipe)?.ladder) {
    if (timeBudget !== undefined)
      throw new UsageError(`--time-budget: the recipe '${recipe}' trains one run; 'auto' takes a budget.`)
    const run = await followRun(terminal, session, start)
    const document = await documentOf(session, run)
    return terminal.answer(document, () => describeRun(run))
  }
  const group = await followGroup(terminal, session, async () => {
    const started: { group: RunGroup | null; notices: Notice[] } = await start()
    return { group: started.group as RunGroup, notices: started.notices }
  })
  const { run } = await request('runs.get', { runId: group.best ?? '' })
  const { id, tried, stoppedBecause, timeBudgetMinutes } = group
  const document = {
    ...(await documentOf(session, run)),
    group: id,
    tried,
    stoppedBecause,
    timeBudgetMinutes,
  }
  terminal.answer(document, () => [describeLadder(group), describeRun(run)].join('\n'))
}

function describeLadder({ tried, stoppedBecause, best }: RunGroup): string {
  const lines = tried.map(({ run, step, valAccuracy, comparison, better }) => {
    const accuracy = valAccuracy === null ? 'no validation' : `validation ${formatPercent(valAccuracy)}`
    const compared =
      comparison === null
        ? ''
        : `, ${better ? 'better' : 'not clearly better'} than before: ${comparison.c} won, ${comparison.b} lost (p = ${comparison.p.toPrecision(2)})`
    return `  ${run === best ? '*' : ' '} ${run} ${step}: ${accuracy}${compared}`
  })
  return ['Tried:', ...lines, stoppedBecause?.message ?? ''].join('\n')
}
