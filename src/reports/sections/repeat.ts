import { writePlanFile } from '../../contract/plan-file.ts'
import { markup, named, sentence, type Markup } from '../page/markup.ts'
import { hash } from '../page/tables.ts'
import type { ReportedRun, ReportOrigin } from '../report-data.ts'
import { settingName } from '../texts/plan-rows.ts'
import type { ReportWords } from '../texts/report-words.ts'
import { planFileName, quoted, trainCommand } from '../train-command.ts'

/** A plan file takes no longer names. */
const longestName = 100

/**
 * What to do to train the same again: data, weights, the command, and the plan as a file.
 *
 * @param withPlan false: the plan stands only where the command cannot say it
 */
export function repeatSteps(
  reported: ReportedRun,
  origin: ReportOrigin,
  words: ReportWords,
  withPlan = true,
): Markup {
  const { text, settings, list, number } = words
  const titles = text.repeat
  const { run, weightsSha256, threads, isCurrent } = reported
  const code = (command: string): Markup => markup`<span class="hash">${command}</span>`
  const project = quoted(origin.project.folder)
  const { command, missing } = trainCommand(run, origin.project.folder)
  const steps: (Markup | null)[] = [
    markup`${sentence(titles.data, {
      version: hash(run.datasetVersion),
      export: code(`thaw export-dataset ${project} --format csv --out data`),
      import: code('thaw import other.thaw data'),
    })}${isCurrent ? null : markup` ${titles.changedData}`}`,
    weightsSha256 === null
      ? null
      : sentence(titles.weights, {
          backbone: named(run.plan.backbone),
          sha256: hash(weightsSha256),
          show: code('thaw backbones'),
        }),
    markup`${titles.train}<pre data-command>${command}</pre>${
      missing.length === 0
        ? null
        : markup`<p>${sentence(titles.missing, { settings: list(missing.map((key) => settingName(key, words))), file: code(planFileName) })}</p>`
    }`,
    !withPlan && missing.length === 0
      ? null
      : markup`${sentence(titles.plan, { file: code(planFileName), option: code('--plan') })}<pre data-plan>${writePlanFile({ name: [...run.name.trim()].slice(0, longestName).join('') || run.id, plan: run.plan })}</pre>`,
    run.modelSha256 === null
      ? null
      : sentence(run.engine === null || threads === null ? titles.checkPlain : titles.check, {
          engine: run.engine && settings.engines[run.engine],
          threads: threads === null ? null : number(threads),
          model: hash(run.modelSha256),
        }),
  ]
  return markup`<ol class="steps">${steps.map(
    (step) =>
      step &&
      markup`<li>${step}</li>
`,
  )}</ol>`
}
