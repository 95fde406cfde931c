import type { WeightsFormatId } from '../../contract/entities.ts'
import { backbones } from '../../models/catalog.ts'
import { openWeights } from './index.ts'
import { fittingBackbones, type FittingBackbone } from './map-weights.ts'

/** What a file of weights is, and of what. */
export interface RecognizedWeights {
  readonly format: WeightsFormatId
  readonly tensors: number
  /** Those that it can be added as, in the order of the catalogue. */
  readonly backbones: readonly FittingBackbone[]
}

/**
 * Reads the names and shapes of a file's tensors, and finds the backbones that they are of.
 *
 * @throws AppError as `openWeights` does
 */
export async function recognizeWeights(path: string): Promise<RecognizedWeights> {
  const file = await openWeights(path)
  try {
    const { format, tensors } = file
    return { format, tensors: tensors.length, backbones: fittingBackbones(tensors, backbones) }
  } finally {
    file.close()
  }
}
