import { readFile } from 'node:fs/promises'
import { AppError } from '../../contract/errors.ts'
import type { SkippedFile } from '../../contract/entities.ts'
import type { JobInput, JobOutput } from '../../contract/jobs.ts'
import { findBackbone } from '../../models/catalog.ts'
import { parametersOf } from '../../models/shapes.ts'
import { preprocessingOf } from '../../models/preprocessing-of.ts'
import { readParameters } from '../../models/weights.ts'
import { createFrozenPart } from '../frozen-part.ts'
import { reportProgress, type JobContext } from '../job-context.ts'
import { readWeights } from '../network.ts'
import { computeRecords } from '../records/compute-records.ts'
import { startEngine } from '../start-engine.ts'
import { softmax } from '../training/predict-rows.ts'

/**
 * The classes of images by a backbone's own published classifier: that its weights are right shows in them.
 *
 * @throws AppError 'weights-missing', 'weights-invalid', 'engine-unavailable', 'cancelled'
 */
export async function classify(
  input: JobInput<'classify'>,
  context: JobContext,
): Promise<JobOutput<'classify'>> {
  const backbone = findBackbone(input.weights.backbone)
  const graph = backbone.buildClassifier?.()
  if (graph === undefined) {
    throw new AppError('weights-missing', `The published classifier of ${backbone.meta.id} is not known.`, {
      backbone: backbone.meta.id,
    })
  }
  const features = new Set(parametersOf(backbone.build()).map(({ name }) => name))
  const ofClassifier = parametersOf(graph).filter(({ name }) => !features.has(name))
  const values = new Map([
    ...(await readWeights(input.weights, backbone)),
    ...readParameters(await readFile(input.classifierPath), ofClassifier),
  ])
  const part = createFrozenPart({
    preprocessing: preprocessingOf(backbone, input.weights.convention),
    graph,
    values: () => values,
    weightsSha256: input.weights.sha256,
    engine: await startEngine(input.engine, context),
    precision: 'float32',
  })
  try {
    const skipped: SkippedFile[] = []
    const results: JobOutput<'classify'>['results'] = []
    const logits = new Float32Array(part.length)
    const probabilities = new Float32Array(part.length)
    const progress = reportProgress(context, 'evaluation', input.paths.length)
    await computeRecords(
      input.paths.map((path) => ({ path, sha256: '' })),
      { part, augmenter: null },
      context,
      {
        onRecord(position, bytes) {
          part.expand(bytes, logits, 0)
          softmax(logits, part.length, probabilities)
          results.push({ path: input.paths[position] ?? '', top: largest(probabilities, input.top) })
          progress.advance()
        },
        onSkipped(_position, file) {
          skipped.push(file)
          progress.advance()
        },
      },
    )
    progress.finish()
    return { results, skipped }
  } finally {
    part.dispose()
  }
}

function largest(values: Float32Array, count: number): { index: number; probability: number }[] {
  return Array.from(values, (probability, index) => ({ index, probability }))
    .sort((a, b) => b.probability - a.probability)
    .slice(0, count)
}
