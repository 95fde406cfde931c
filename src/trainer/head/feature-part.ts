import type { EngineId } from '../../contract/engine-ids.ts'
import type { WeightsReference } from '../../contract/jobs.ts'
import type { OwnBackbone } from '../../contract/own-backbone.ts'
import { findBackbone } from '../../models/catalog.ts'
import { truncateAt } from '../../models/graph.ts'
import { preprocessingOf } from '../../models/preprocessing-of.ts'
import { createFrozenPart, type FrozenPart } from '../frozen-part.ts'
import { readWeights } from '../network.ts'

/**
 * A backbone up to its features, as a training with a linear head cuts it, so that both keep the same records.
 *
 * @param own what the backbone is, where it is the person's own
 * @throws AppError 'backbone-not-found', 'weights-missing', 'weights-invalid'
 */
export async function createFeaturePart(
  weights: WeightsReference,
  engine: EngineId,
  own?: OwnBackbone,
): Promise<FrozenPart> {
  const backbone = findBackbone(weights.backbone, own && [own])
  const values = await readWeights(weights, backbone)
  return createFrozenPart({
    preprocessing: preprocessingOf(backbone, weights.convention),
    graph: truncateAt(backbone.build(), backbone.meta.featureLayer),
    values: () => values,
    weightsSha256: weights.sha256,
    engine,
  })
}
