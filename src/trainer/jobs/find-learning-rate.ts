import type { JobInput, JobOutput } from '../../contract/jobs.ts'
import { clipByGlobalNorm } from '../../ml/gradients.ts'
import { applyGradients, applyStatistics } from '../../ml/train-step.ts'
import type { JobContext } from '../job-context.ts'
import { breathe, reportProgress } from '../job-context.ts'
import { batchGradients } from '../training/batch-gradients.ts'
import { epochOrder } from '../training/epoch-order.ts'
import { learningRates } from '../training/learning-rates.ts'
import { openPhase } from '../training/phase-session.ts'
import { ownValues, prepareTraining } from '../training/prepare-training.ts'
import { suggestLearningRate } from '../training/suggest-learning-rate.ts'
import { trainingImages } from '../training/training-images.ts'

const lowest = 1e-7
const highest = 10
const steps = 100
/** Of the running mean of losses. */
const smoothing = 0.95
/** Times the best smoothed loss: beyond that it has diverged. */
const divergence = 4

/**
 * Trains the plan's first phase for up to 100 batches while the head's rate rises from 1e-7 to 10 by a constant factor, the other layers'
 * rates in their proportion to it, and ends where the loss runs away.
 *
 * @throws AppError of `prepareTraining` and `openPhase`
 * @see https://arxiv.org/abs/1506.01186, section 3.3
 */
export async function findLearningRate(
  input: JobInput<'findLearningRate'>,
  context: JobContext,
): Promise<JobOutput<'findLearningRate'>> {
  const prepared = await prepareTraining(input, context)
  const { plan, dataset, learnable } = prepared
  const phase = prepared.phases[0] as (typeof prepared.phases)[number]
  const session = await openPhase({
    ...prepared,
    cache: input.cache,
    context,
    phase,
    values: ownValues(prepared.values, learnable),
    changed: new Set(),
    stopCancels: true,
  })
  try {
    const { source, trainee } = session
    const images = trainingImages(plan, dataset, source)
    const proportion = learningRates(
      { ...plan, schedule: 'constant', warmUpEpochs: 0 },
      phase,
      session.network,
    )
    const position = { step: 0, stepsPerEpoch: 1, totalSteps: 1, losses: [] }
    const progress = reportProgress(context, 'training', steps)
    const points: { learningRate: number; loss: number }[] = []
    let upcoming: number[] = []
    let mean = 0
    let best = Infinity
    for (let step = 0; step < steps; step += 1) {
      if (upcoming.length === 0) upcoming = epochOrder(plan, images.positions, images.labels, step + 1)
      const batch = await source.read(upcoming.splice(0, plan.batchSize), { epoch: 1 })
      if (batch.rows.length === 0) continue
      const result = await batchGradients(session, plan, images, batch, { seed: plan.seed, step })
      const learningRate = lowest * (highest / lowest) ** (step / (steps - 1))
      mean = smoothing * mean + (1 - smoothing) * result.loss
      // The running mean starts at zero.
      const loss = mean / (1 - smoothing ** (points.length + 1))
      if (!Number.isFinite(loss) || loss > divergence * best) break
      best = Math.min(best, loss)
      points.push({ learningRate, loss })
      applyStatistics(trainee, result.statistics)
      clipByGlobalNorm(result.gradients, plan.clipNorm)
      const factor = learningRate / phase.learningRate
      applyGradients(trainee, result.gradients, (name) => factor * proportion(name, position))
      progress.advance()
      await breathe(context)
      if (context.stopRequested()) break
    }
    progress.finish()
    return { points, suggestion: suggestLearningRate(points) }
  } finally {
    session.close()
  }
}
