import { AppError } from '../../contract/errors.ts'
import type { OwnBackbone } from '../../contract/own-backbone.ts'
import { backbones } from '../../models/catalog.ts'

/**
 * Whether an id may be given to a model.
 *
 * @throws AppError 'invalid-input' where it is one of the catalogue's
 */
export function checkModelId(id: string): void {
  if (!backbones.some(({ meta }) => meta.id === id)) return
  throw new AppError(
    'invalid-input',
    `An id of its own is expected for a model of your own; '${id}' is the id of a backbone of Thaw's. Choose another (--id NAME), or add the file as that backbone's weights (--as ${id}).`,
    { id },
  )
}

/**
 * Whether a model may take the place of that of its id, which runs may have begun with: it must have the same layers.
 *
 * @throws AppError 'invalid-input'
 */
export function checkSameLayers(before: OwnBackbone | null, model: OwnBackbone): void {
  if (before === null) return
  const layersOf = ({ graph, inputSize, fixedSize }: OwnBackbone): string =>
    JSON.stringify([graph.nodes, graph.output, inputSize, fixedSize])
  if (layersOf(before) === layersOf(model)) return
  throw new AppError(
    'invalid-input',
    `There is a model of your own with the id '${model.id}' already, and its layers are others. Choose another id (--id NAME), or remove that one first.`,
    { id: model.id },
  )
}
