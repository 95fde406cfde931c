import type { PreprocessingName } from '../contract/own-backbone.ts'
import type { Preprocessing } from './backbone.ts'
import {
  kerasCaffePreprocessing,
  kerasTfPreprocessing,
  kerasTorchPreprocessing,
} from './backbones/publishers.ts'

const unscaled: Preprocessing = {
  channels: 'rgb',
  mean: [0, 0, 0],
  standardDeviation: [1, 1, 1],
  resize: 'stretch',
}

/** The usual ways to prepare images, by the names that people choose them by. */
export const preprocessingConventions: { readonly [Name in PreprocessingName]: Preprocessing } = {
  tf: kerasTfPreprocessing,
  torch: kerasTorchPreprocessing,
  caffe: kerasCaffePreprocessing,
  rescale: { ...unscaled, standardDeviation: [255, 255, 255] },
  none: unscaled,
}
