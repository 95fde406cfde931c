import type { MetricRow, Run, RunProgress } from '../../contract/entities.ts'
import type { Core } from '../../core/create-core.ts'
import { formatDuration, formatPercent } from './format.ts'
import { epochsOf } from './run-document.ts'
import type { Terminal } from './terminal.ts'

const labels: Record<RunProgress['phase'], string> = {
  queued: 'Waiting',
  starting: 'Starting the engine',
  features: 'Computing features',
  training: 'Training',
  evaluation: 'Evaluating',
  done: 'Done',
}
const units: Partial<Record<RunProgress['phase'], string>> = {
  features: 'images',
  training: 'steps',
  evaluation: 'images',
}

/** Shows a run: a bar for what it is doing, a line for each epoch that has ended, in its own order. */
export function showRunProgress(terminal: Terminal, core: Core): void {
  const planned = new Map<string, number>()
  const shown = new Map<string, { rows: MetricRow[]; printed: number }>()

  core.subscribe((name, payload) => {
    if (name === 'runs.changed') {
      const { run } = payload as { run: Run }
      planned.set(run.id, run.plan.epochs)
      if (run.status === 'running' && planned.size > 1 && !shown.has(run.id))
        terminal.note(`${run.id} ${run.name}`)
      if (run.status === 'running' && !shown.has(run.id)) shown.set(run.id, { rows: [], printed: 0 })
    } else if (name === 'runs.progress') {
      const { progress } = payload as { progress: RunProgress }
      if (progress.phase === 'done') return terminal.progress(null)
      terminal.progress({
        label: labels[progress.phase],
        done: progress.done,
        total: progress.total,
        ratePerSecond: progress.ratePerSecond,
        secondsLeft: progress.secondsLeft,
        unit: units[progress.phase],
      })
    } else if (name === 'runs.metricLogged') {
      const { runId, rows } = payload as { runId: string; rows: MetricRow[] }
      const run = shown.get(runId) ?? { rows: [], printed: 0 }
      shown.set(runId, run)
      for (const row of rows) {
        if (!row.name.startsWith('batch/')) run.rows.push(row)
        if (row.name === 'resumed' && row.value > 0) terminal.note(`Going on after epoch ${row.value}`)
      }
      const epochs = epochsOf(run.rows)
      for (const epoch of epochs.slice(run.printed))
        terminal.note(epochLine(epoch, planned.get(runId) ?? null))
      run.printed = epochs.length
    }
  })
}

/** `epoch 3/10  loss 0.1832  accuracy 94.1%  val loss 0.2103  val accuracy 93.5%  rate 0.001  0.4 s` */
function epochLine(epoch: ReturnType<typeof epochsOf>[number], planned: number | null): string {
  const width = planned === null ? 0 : String(planned).length
  const parts = [
    `epoch ${String(epoch.epoch).padStart(width)}${planned === null ? '' : `/${planned}`}`,
    `loss ${epoch.loss.toFixed(4)}`,
    `accuracy ${formatPercent(epoch.accuracy)}`,
  ]
  if (epoch.valLoss !== null) parts.push(`val loss ${epoch.valLoss.toFixed(4)}`)
  if (epoch.valAccuracy !== null) parts.push(`val accuracy ${formatPercent(epoch.valAccuracy)}`)
  parts.push(`rate ${Number(epoch.learningRate.toPrecision(3))}`, formatDuration(epoch.seconds))
  return parts.join('  ')
}
