import { AppError } from '../contract/errors.ts'
import type { WeightsReference } from '../contract/jobs.ts'
import type { ModelDescription } from './model-file.ts'

/** @throws AppError 'weights-missing' where a model needs weights of a backbone and is given none, or others */
export function checkWeights(
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
