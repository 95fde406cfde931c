import type { Epoch, MetricRow, Run } from '../../contract/entities.ts'
import { count, formatBytes, formatDuration, formatInteger, formatPercent } from './format.ts'

/**
 * The epochs that metric rows tell of, in order; an epoch counts once its training loss and accuracy, rate and time are there.
 * Rows of single batches are left out, and epochs that a resumption took back.
 */
export function epochsOf(rows: readonly MetricRow[]): Epoch[] {
  const byEpoch = new Map<number, Map<string, number>>()
  for (const row of rows) {
    if (row.name === 'resumed')
      for (const epoch of byEpoch.keys()) if (epoch > row.value) byEpoch.delete(epoch)
    if (row.name === 'resumed' || row.name.startsWith('batch/') || !Number.isInteger(row.epoch)) continue
    const values = byEpoch.get(row.epoch) ?? new Map<string, number>()
    byEpoch.set(row.epoch, values.set(row.name, row.value))
  }
  const epochs: Epoch[] = []
  for (const [epoch, values] of [...byEpoch].sort(([a], [b]) => a - b)) {
    const loss = values.get('train/loss')
    const accuracy = values.get('train/accuracy')
    const learningRate = values.get('learning-rate')
    const seconds = values.get('seconds')
    if (loss === undefined || accuracy === undefined || learningRate === undefined || seconds === undefined)
      continue
    epochs.push({
      epoch,
      loss,
      accuracy,
      valLoss: values.get('validation/loss') ?? null,
      valAccuracy: values.get('validation/accuracy') ?? null,
      learningRate,
      seconds,
    })
  }
  return epochs
}

/** The JSON document of `thaw train`. */
export function runDocument(run: Run, epochs: readonly Epoch[]) {
  return {
    run: run.id,
    name: run.name,
    status: run.status,
    engine: run.engine,
    device: run.device,
    backbone: run.plan.backbone,
    mode: run.plan.mode,
    trainableParameters: run.trainableParameters,
    totalParameters: run.totalParameters,
    epochs,
    test: run.test,
    valAccuracy: run.valAccuracy,
    seconds: run.seconds,
    peakRssBytes: run.peakRssBytes,
    datasetVersion: run.datasetVersion,
    modelSha256: run.modelSha256,
    recipe: run.recipe,
    group: run.group,
    resumedFromEpoch: run.resumedFromEpoch,
  }
}

/** What a person wants to know of a run that has ended. */
export function describeRun(run: Run): string {
  const lines = [`Run ${run.id} (${run.name}) ${run.status} after ${count(run.epochsDone, 'epoch')}`]
  if (run.valAccuracy !== null) lines.push(`  validation accuracy  ${formatPercent(run.valAccuracy)}`)
  if (run.test) {
    lines.push(
      `  test accuracy        ${formatPercent(run.test.accuracy)} on ${count(run.test.support, 'image')}, loss ${run.test.loss.toFixed(4)}`,
    )
  } else lines.push('  test accuracy        none: there are no test images')
  if (run.trainableParameters !== null && run.totalParameters !== null) {
    lines.push(
      `  trained              ${formatInteger(run.trainableParameters)} of ${formatInteger(run.totalParameters)} parameters`,
    )
  }
  if (run.engine) lines.push(`  engine               ${run.engine}${run.device ? `, ${run.device}` : ''}`)
  if (run.seconds) {
    const { features, training, evaluation, total } = run.seconds
    lines.push(
      `  time                 ${formatDuration(total)}: features ${formatDuration(features)}, ` +
        `training ${formatDuration(training)}, evaluation ${formatDuration(evaluation)}`,
    )
  }
  if (run.peakRssBytes !== null) lines.push(`  memory               ${formatBytes(run.peakRssBytes)} at most`)
  return lines.join('\n')
}
