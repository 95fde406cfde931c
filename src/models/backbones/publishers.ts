import type { Preprocessing, WeightSource } from '../backbone.ts'

/** What torchvision's ImageNet weights take: ImageNet's mean and deviation. @see torchvision/transforms/_presets.py */
export const torchvisionPreprocessing: Preprocessing = {
  channels: 'rgb',
  mean: [123.675, 116.28, 103.53],
  standardDeviation: [58.395, 57.12, 57.375],
  resize: 'cover',
}

/** Keras's mode 'caffe': blue first, less ImageNet's mean. @see keras/src/applications/imagenet_utils.py */
export const kerasCaffePreprocessing: Preprocessing = {
  channels: 'bgr',
  mean: [103.939, 116.779, 123.68],
  standardDeviation: [1, 1, 1],
  resize: 'stretch',
}

/** Keras's mode 'tf': -1 to 1. */
export const kerasTfPreprocessing: Preprocessing = {
  channels: 'rgb',
  mean: [127.5, 127.5, 127.5],
  standardDeviation: [127.5, 127.5, 127.5],
  resize: 'stretch',
}

/** Keras's mode 'torch': the same mean and deviation as torchvision's, from pixels of 0 to 1. */
export const kerasTorchPreprocessing: Preprocessing = { ...torchvisionPreprocessing, resize: 'stretch' }

/** torchvision's file, whose name carries the first eight digits of its SHA-256. */
export function torchvisionWeights(name: string): WeightSource {
  const sha256Prefix = /-([0-9a-f]{8})$/.exec(name)?.[1]
  if (sha256Prefix === undefined) throw new Error(`'${name}' carries no hash.`)
  return {
    kind: 'download',
    url: `https://download.pytorch.org/models/${name}.pth`,
    convention: 'torch',
    hash: { sha256Prefix },
    origin: 'torchvision, trained on ImageNet-1k',
  }
}

/** A file of Keras's applications, with the MD5 that Keras checks. `path` is below its applications folder. */
export function kerasWeights(path: string, md5: string): WeightSource {
  return {
    kind: 'download',
    url: `https://storage.googleapis.com/tensorflow/keras-applications/${path}.h5`,
    convention: 'keras',
    hash: { md5 },
    origin: 'Keras applications, trained on ImageNet-1k',
  }
}

/** A file of Keras's applications for which Keras tells no hash. `path` is below its applications folder. */
export function kerasFile(path: string): WeightSource {
  return {
    kind: 'file',
    url: `https://storage.googleapis.com/tensorflow/keras-applications/${path}.h5`,
    convention: 'keras',
    origin: 'Keras applications, trained on ImageNet-1k',
  }
}
