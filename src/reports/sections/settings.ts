import type { Section } from '../page/document.ts'
import { markup, named, sentence, type MarkupValue } from '../page/markup.ts'
import { hash, pairList } from '../page/tables.ts'
import type { ReportedRun, ReportOrigin } from '../report-data.ts'
import { planRows } from '../texts/plan-rows.ts'
import type { ReportWords } from '../texts/report-words.ts'

type Pairs = [string, MarkupValue][]

/** Everything that decided the run: its plan, its network, and what computed it. */
export function settingsSection(reported: ReportedRun, origin: ReportOrigin, words: ReportWords): Section {
  const titles = words.text.settings
  const planned = planRows(reported.run.plan, reported.backbone, words)
  if (reported.run.recipe !== null) planned.push([titles.recipe, named(reported.run.recipe)])
  return {
    id: 'settings',
    heading: titles.heading,
    body: [
      markup`<h3>${titles.plan}</h3>${pairList(planned)}`,
      markup`<h3>${titles.model}</h3>${pairList(modelRows(reported, words))}`,
      markup`<h3>${titles.computing}</h3>${pairList(computingRows(reported, origin, words))}`,
    ],
  }
}

function modelRows(reported: ReportedRun, { text, number }: ReportWords): Pairs {
  const titles = text.settings
  const { run, backbone, weightsSha256, weightsSource } = reported
  const rows: Pairs = [[titles.backbone, named(run.plan.backbone)]]
  if (backbone) rows.push([titles.family, named(backbone.family)])
  if (run.totalParameters !== null && run.trainableParameters !== null) {
    const counts = { total: number(run.totalParameters), trainable: number(run.trainableParameters) }
    rows.push([titles.parameters, sentence(titles.parametersOf, counts)])
  }
  rows.push([titles.weights, weightsSha256 === null ? titles.randomWeights : hash(weightsSha256)])
  if (weightsSha256 !== null) {
    rows.push([titles.source, weightsSource === null ? titles.noSource : named(weightsSource)])
    if (backbone) rows.push([titles.licence, named(backbone.licence)])
  }
  if (backbone?.paper) rows.push([titles.paper, named(backbone.paper)])
  rows.push([titles.modelHash, run.modelSha256 === null ? titles.noModel : hash(run.modelSha256)])
  return rows
}

function computingRows(
  { run, engineVersion, threads }: ReportedRun,
  origin: ReportOrigin,
  { text, settings, number, date, duration, bytes }: ReportWords,
): Pairs {
  const titles = text.settings
  const rows: Pairs = []
  if (run.engine !== null) {
    const engine = settings.engines[run.engine]
    rows.push([titles.engine, sentence(titles.engineOf, { engine, version: engineVersion })])
  }
  if (run.device !== null) rows.push([titles.device, named(run.device)])
  if (threads !== null) rows.push([titles.threads, number(threads)])
  if (run.startedAt !== null) rows.push([titles.started, date(run.startedAt)])
  if (run.endedAt !== null) rows.push([titles.ended, date(run.endedAt)])
  rows.push([
    titles.epochs,
    sentence(run.bestEpoch === null ? titles.epochsDone : titles.epochsOf, {
      done: number(run.epochsDone),
      planned: number(run.plan.epochs),
      best: run.bestEpoch === null ? null : number(run.bestEpoch),
    }),
  ])
  if (run.resumedFromEpoch !== null) rows.push([titles.resumed, number(run.resumedFromEpoch)])
  if (run.seconds !== null) {
    const { features, training, evaluation, total } = run.seconds
    rows.push([
      titles.time,
      sentence(titles.timeOf, {
        total: duration(total),
        features: duration(features),
        training: duration(training),
        evaluation: duration(evaluation),
      }),
    ])
  }
  if (run.peakRssBytes !== null) rows.push([titles.memory, bytes(run.peakRssBytes)])
  rows.push([titles.program, origin.version], [titles.system, origin.system])
  if (origin.processor !== '') rows.push([titles.processor, origin.processor])
  return rows
}
