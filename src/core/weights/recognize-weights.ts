import type { WeightsFormatId } from '../../contract/entities.ts'
import type { OwnBackbone } from '../../contract/own-backbone.ts'
import { backbones } from '../../models/catalog.ts'
import { ownBackboneOf } from '../../models/own-backbone.ts'
import { openWeights } from './index.ts'
import { fittingBackbones, type FittingBackbone } from './map-weights.ts'

/** What a file of weights is, and of what. */
export interface RecognizedWeights {
  readonly format: WeightsFormatId
  readonly tensors: number
  /** Those that it can be added as, in the order of the catalogue, the person's own after them. */
  readonly backbones: readonly FittingBackbone[]
}

/**
 * Reads the names and shapes of a file's tensors, and finds the backbones that they are of.
 *
 * @param own the person's own
 * @throws AppError as `openWeights` does
 */
export async function recognizeWeights(
  path: string,
  own: readonly OwnBackbone[] = [],
): Promise<RecognizedWeights> {
  const file = await openWeights(path)
  try {
    const { format, tensors } = file
    return {
      format,
      tensors: tensors.length,
      backbones: fittingBackbones(tensors, [...backbones, ...own.map(ownBackboneOf)]),
    }
  } finally {
    file.close()
  }
}
