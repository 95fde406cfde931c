import { join } from 'node:path'
import { AppError } from '../../contract/errors.ts'
import type { OwnBackbone } from '../../contract/own-backbone.ts'
import { backbones } from '../../models/catalog.ts'
import { ownBackboneOf } from '../../models/own-backbone.ts'
import { writeFileDurably } from '../store/write-file-durably.ts'
import { writeCanonical, type ConvertedWeights } from '../weights/convert-weights.ts'
import { openWeights } from '../weights/index.ts'
import { fittingBackbones } from '../weights/map-weights.ts'
import { readModelJson } from '../weights/tfjs-layers.ts'
import { weightsFormatNames } from '../weights/weights-file.ts'
import { describeOwnBackbone, type OwnBackboneChoices } from './describe-own-backbone.ts'
import { modelUnsupported } from './model-unsupported.ts'
import { ownBackboneFileName } from './own-backbones.ts'

/** What became of a model. */
export interface ConvertedModel extends ConvertedWeights {
  readonly own: OwnBackbone
}

/** What a person decides of their model, and whether they named it. */
export interface ModelChoices extends OwnBackboneChoices {
  /** False: a file that has the weights of a backbone of the catalogue is not taken for another. */
  readonly isNamed: boolean
}

/**
 * Reads a TensorFlow.js layers model and writes it as a backbone of its own: what tells it, and the canonical file of its weights.
 *
 * @param folder where they are written
 * @param onProgress told of bytes written, of how many
 * @throws AppError 'model-unsupported', 'layer-not-found', and as `convertWeights`; 'weights-mismatch' too where the weights are those of a
 *   backbone of the catalogue
 */
export async function convertLayersModel(
  path: string,
  choices: ModelChoices,
  folder: string,
  onProgress?: (done: number, total: number) => void,
): Promise<ConvertedModel> {
  const file = await openWeights(path)
  try {
    if (file.format !== 'tfjs-layers') {
      throw modelUnsupported(
        `Only the file of a TensorFlow.js layers model (model.json, with its shards) tells its layers; this is ${weightsFormatNames[file.format]}. Convert the model, or name the backbone whose weights they are (--as ID).`,
        { format: file.format },
      )
    }
    const { modelTopology } = readModelJson(path)
    if (modelTopology === undefined || modelTopology === null) {
      throw modelUnsupported(
        "Its file should tell its layers in 'modelTopology'; this one has weights alone. Save the whole model.",
      )
    }
    const alike = choices.isNamed ? [] : fittingBackbones(file.tensors, backbones).map(({ id }) => id)
    if (alike.length > 0) {
      throw new AppError(
        'weights-mismatch',
        `A model of your own is expected; this file has the weights of ${alike.join(', ')}. Add it as that (--as ${alike[0]}), or name it (--id NAME) to have it as a backbone of its own.`,
        { alike },
      )
    }
    const own = describeOwnBackbone(modelTopology, choices)
    const converted = writeCanonical(file, ownBackboneOf(own), folder, onProgress)
    writeFileDurably(join(folder, ownBackboneFileName), `${JSON.stringify(own, null, 2)}\n`)
    return { ...converted, own }
  } finally {
    file.close()
  }
}
