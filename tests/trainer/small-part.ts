import { truncateAt } from '../../src/models/graph.ts'
import { initializeParameter } from '../../src/models/initializers.ts'
import { parametersOf } from '../../src/models/shapes.ts'
import { createFrozenPart, type FrozenPart, type FrozenPartOptions } from '../../src/trainer/frozen-part.ts'
import type { JobContext } from '../../src/trainer/job-context.ts'
import { testEngine } from '../ml/engine.ts'
import { residualNetwork } from '../models/small-networks.ts'

export const smallPreprocessing = {
  channels: 'rgb',
  mean: [120, 120, 120],
  standardDeviation: [60, 60, 60],
  resize: 'cover',
} as const

/** The frozen part of a network of ten layers for images of 8x8, with drawn weights; the engine is there already. */
export function smallPart(changes: Partial<FrozenPartOptions> & { boundary?: string } = {}): FrozenPart {
  const { boundary = 'sum', ...options } = changes
  return createFrozenPart({
    preprocessing: smallPreprocessing,
    graph: truncateAt(residualNetwork(), boundary),
    values: smallValues,
    weightsSha256: 'one',
    engine: testEngine,
    ...options,
  })
}

/** Its drawn weights. */
export function smallValues(): Map<string, Float32Array> {
  return new Map(parametersOf(residualNetwork()).map((spec) => [spec.name, initializeParameter(spec, 1)]))
}

/** A job that nobody stops; what it tells is in `events`. */
export function quietContext(): JobContext & { events: Parameters<JobContext['emit']>[0][] } {
  const events: Parameters<JobContext['emit']>[0][] = []
  return {
    events,
    emit: (event) => void events.push(event),
    stopRequested: () => false,
    cancelRequested: () => false,
  } as JobContext & { events: typeof events }
}
