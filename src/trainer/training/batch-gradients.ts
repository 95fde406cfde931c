import type { TrainPlan } from '../../contract/train-plan.ts'
import { weightedTargets } from '../../ml/losses/softmax-cross-entropy.ts'
import { mixBatch } from '../../ml/mix-batch.ts'
import { computeGradients, type BatchGradients, type StepKey } from '../../ml/train-step.ts'
import type { PhaseSession } from './phase-session.ts'
import type { Classification } from './training-images.ts'

/**
 * The gradients of a batch as a plan has it: with its class weights and smoothed labels, mixed where it mixes. It changes nothing.
 *
 * @param batch as a record source reads it; at least one row
 * @returns and `truth`, the class index of each row, of the larger share where rows were mixed
 */
export async function batchGradients(
  { trainee, shape }: Pick<PhaseSession, 'trainee' | 'shape'>,
  plan: Pick<TrainPlan, 'labelSmoothing' | 'mixup' | 'cutmix'>,
  { labels, classes, classWeights }: Classification,
  { rows, input }: { readonly rows: readonly number[]; readonly input: Float32Array },
  key: StepKey,
): Promise<BatchGradients & { readonly truth: readonly number[] }> {
  const truth = rows.map((row) => labels[row] as number)
  const targets = weightedTargets(truth, classes, classWeights, plan.labelSmoothing)
  const mixed = mixBatch({ input, shape, rows: rows.length, targets, labels: truth }, plan, key)
  return { ...(await computeGradients(trainee, { ...mixed, classes }, key)), truth: mixed.labels }
}
