import { AppError } from '../contract/errors.ts'
import type { WeightsReference } from '../contract/jobs.ts'
import type { ModelDescription, StoredModel } from './model-file.ts'
import { readWeights } from './network.ts'

/**
 * The values of all of a model's parameters: those it was trained to, over those of its backbone's weights.
 *
 * @throws AppError 'weights-missing' where it needs weights and is given none, or others; 'weights-invalid'
 */
export async function readModelValues(
  { description, network, trained }: StoredModel,
  weights: WeightsReference | null,
): Promise<Map<string, Float32Array>> {
  checkWeights(description, weights)
  const published =
    weights && description.backboneSha256 !== null ? await readWeights(weights, network.backbone) : []
  return new Map([...published, ...trained])
}

function checkWeights(
  { plan, own, backboneSha256 }: ModelDescription,
  weights: WeightsReference | null,
): void {
  if (backboneSha256 === null || weights?.sha256 === backboneSha256) return
  throw new AppError(
    'weights-missing',
    `The model needs the weights of '${plan.backbone}' with the SHA-256 ${backboneSha256}; ` +
      `${weights === null ? 'none are given' : `these have ${weights.sha256}`}. ` +
      (own
        ? `It is a model of your own: add its file again (thaw backbones add model.json --id ${own.id}).`
        : 'Install them again.'),
    { backbone: plan.backbone, expected: backboneSha256, received: weights?.sha256 ?? null },
  )
}
