import type { BackgroundJob } from '../../contract/entities.ts'
import type { Core } from '../../core/create-core.ts'
import type { Terminal } from './terminal.ts'

const labels: Record<BackgroundJob['kind'], Record<string, string>> = {
  import: { drawing: 'Drawing pictures', unpacking: 'Unpacking pictures', reading: 'Reading images' },
  embed: {},
  predict: {},
  'mean-map': {},
  evaluate: {},
  estimate: {},
  'learning-rate': {},
  scan: {
    measuring: 'Measuring images',
    comparing: 'Comparing images',
    features: 'Computing features',
    neighbours: 'Finding the most similar images',
  },
  export: {},
  'label-errors': { features: 'Computing features', training: 'Predicting by the other folds' },
}
const kinds: Record<BackgroundJob['kind'], string> = {
  import: 'Importing',
  embed: 'Computing features',
  predict: 'Predicting',
  'mean-map': 'Averaging heat maps',
  evaluate: 'Evaluating',
  estimate: 'Estimating time and memory',
  'learning-rate': 'Finding a learning rate',
  scan: 'Scanning images',
  export: 'Exporting images',
  'label-errors': 'Looking for label errors',
}

/** Shows the progress of core's background jobs until it is over. */
export function showJobProgress(terminal: Terminal, core: Core): void {
  core.subscribe((name, payload) => {
    if (name !== 'jobs.progress') return
    const { job } = payload as { job: BackgroundJob }
    if (job.state !== 'running') return terminal.progress(null)
    terminal.progress({
      label: labels[job.kind][job.phase] ?? kinds[job.kind],
      done: job.done,
      total: job.total,
      ratePerSecond: job.ratePerSecond,
      secondsLeft: job.secondsLeft,
      unit: 'images',
    })
  })
}
