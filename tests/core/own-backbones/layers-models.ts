import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import { kerasFormulaTensor } from '../../models/backbones/formula-weights.ts'

type Model = tfl.LayersModel

/** A small classifier as a beginner writes it: layers one behind another, activations in them, and a head of two dense layers. */
export function sequentialClassifier(size: number | null = 24): Model {
  return tfl.sequential({
    name: 'flowers',
    layers: [
      tfl.layers.conv2d({
        name: 'first',
        inputShape: [size, size, 3],
        filters: 8,
        kernelSize: 3,
        padding: 'same',
        activation: 'relu',
      }),
      tfl.layers.maxPooling2d({ name: 'shrink', poolSize: 2 }),
      tfl.layers.conv2d({ name: 'second', filters: 12, kernelSize: 3, activation: 'tanh' }),
      tfl.layers.averagePooling2d({ name: 'mean', poolSize: 3, strides: 2, padding: 'same' }),
      tfl.layers.conv2d({ name: 'third', filters: 16, kernelSize: [1, 3], dilationRate: 2, useBias: false }),
      tfl.layers.leakyReLU({ name: 'leaky', alpha: 0.2 }),
      tfl.layers.globalAveragePooling2d({ name: 'pool' }),
      tfl.layers.dense({ name: 'hidden', units: 10, activation: 'relu6' }),
      tfl.layers.dropout({ name: 'drop', rate: 0.5 }),
      tfl.layers.dense({ name: 'classes', units: 4, activation: 'softmax' }),
    ],
  })
}

/** Everything that the table of layers knows and a network of branches needs, without a head. */
export function branchedModel(size = 32): Model {
  const { layers } = tfl
  const image = tfl.input({ name: 'image', shape: [size, size, 3] })
  const apply = (layer: tfl.layers.Layer, ...inputs: tfl.SymbolicTensor[]): tfl.SymbolicTensor =>
    layer.apply(inputs.length === 1 ? inputs[0]! : inputs) as tfl.SymbolicTensor
  const padding: [[number, number], [number, number]] = [
    [0, 1],
    [0, 1],
  ]
  let x = apply(layers.zeroPadding2d({ name: 'stem_pad', padding }), image)
  x = apply(layers.conv2d({ name: 'stem', filters: 8, kernelSize: 3, strides: 2, useBias: false }), x)
  x = apply(layers.batchNormalization({ name: 'stem_bn' }), x)
  x = apply(layers.reLU({ name: 'stem_act', maxValue: 6 }), x)
  const before = x
  x = apply(layers.depthwiseConv2d({ name: 'dw', kernelSize: 3, padding: 'same', depthMultiplier: 1 }), x)
  x = apply(layers.batchNormalization({ name: 'dw_bn', scale: false }), x)
  x = apply(layers.activation({ name: 'dw_act', activation: 'swish' as never }), x)
  x = apply(layers.conv2d({ name: 'project', filters: 8, kernelSize: 1 }), x)
  x = apply(layers.batchNormalization({ name: 'project_bn', center: false, axis: 3 }), x)
  x = apply(layers.add({ name: 'sum' }), x, before)
  x = apply(
    layers.separableConv2d({
      name: 'separable',
      filters: 12,
      kernelSize: 3,
      strides: 2,
      padding: 'same',
      activation: 'relu',
    }),
    x,
  )
  const gate = apply(layers.globalAveragePooling2d({ name: 'squeeze' }), x)
  let scale = apply(layers.reshape({ name: 'squeeze_map', targetShape: [1, 1, 12] }), gate)
  scale = apply(layers.conv2d({ name: 'excite', filters: 12, kernelSize: 1, activation: 'sigmoid' }), scale)
  x = apply(layers.multiply({ name: 'scaled' }), x, scale)
  const left = apply(
    layers.conv2d({ name: 'left', filters: 6, kernelSize: 1, activation: 'gelu' as never }),
    x,
  )
  const right = apply(layers.maxPooling2d({ name: 'right', poolSize: 3, strides: 1, padding: 'same' }), x)
  x = apply(layers.concatenate({ name: 'both' }), left, right)
  x = apply(layers.layerNormalization({ name: 'norm' }), x)
  return tfl.model({ name: 'branched', inputs: image, outputs: x })
}

/** As transfer learning in Keras makes one: a model within a Sequential, under a new head. */
export function nestedClassifier(): Model {
  return tfl.sequential({
    name: 'transferred',
    layers: [
      branchedModel(24) as unknown as tfl.layers.Layer,
      tfl.layers.flatten({ name: 'flatten' }),
      tfl.layers.dense({ name: 'new_classes', units: 3, activation: 'softmax' }),
    ],
  })
}

/** Values by formula, from the names alone. */
export function setFormulaWeights(model: Model): void {
  for (const layer of allLayers(model)) {
    const values = layer.weights.map(({ originalName, shape }) => {
      const name = `${layer.name}/${originalName.split('/').at(-1)}`
      return tf.tensor(kerasFormulaTensor(name, shape as number[]), shape as number[])
    })
    layer.setWeights(values)
    tf.dispose(values)
  }
}

function allLayers(model: Model): tfl.layers.Layer[] {
  return model.layers.flatMap((layer) => ('layers' in layer ? allLayers(layer as unknown as Model) : [layer]))
}

/** How a saved model keeps its values. */
export type Stored = 'float32' | 'uint8' | 'uint16'

/**
 * Writes a model as TensorFlow.js does, with two shards.
 *
 * @returns the path of its `model.json`
 */
export async function saveLayersModel(
  model: Model,
  folder: string,
  stored: Stored = 'float32',
): Promise<string> {
  const path = join(folder, 'model.json')
  mkdirSync(dirname(path), { recursive: true })
  await model.save({
    save: (artifacts) => {
      const bytes = Buffer.from(artifacts.weightData as ArrayBuffer)
      const { specs, data } = quantize(artifacts.weightSpecs ?? [], bytes, stored)
      const half = Math.floor(data.length / 2)
      const paths = ['group1-shard1of2.bin', 'group1-shard2of2.bin']
      writeFileSync(join(folder, paths[0]!), data.subarray(0, half))
      writeFileSync(join(folder, paths[1]!), data.subarray(half))
      const json = {
        format: 'layers-model',
        generatedBy: artifacts.generatedBy,
        convertedBy: null,
        modelTopology: artifacts.modelTopology,
        weightsManifest: [{ paths, weights: specs }],
      }
      writeFileSync(path, JSON.stringify(json))
      const saved = { dateSaved: new Date(), modelTopologyType: 'JSON' } as const
      return Promise.resolve({ modelArtifactsInfo: saved })
    },
  })
  return path
}

function quantize(specs: tf.io.WeightsManifestEntry[], bytes: Buffer, stored: Stored) {
  if (stored === 'float32') return { specs, data: bytes }
  const codes = stored === 'uint8' ? 255 : 65_535
  const parts: Buffer[] = []
  let position = 0
  const quantized = specs.map((spec) => {
    const count = spec.shape.reduce((product, size) => product * size, 1)
    const values = new Float32Array(bytes.buffer, bytes.byteOffset + position, count)
    position += 4 * count
    const min = Math.min(...values)
    const scale = (Math.max(...values) - min) / codes || 1
    const stepped = Array.from(values, (value) => Math.round((value - min) / scale))
    const array = stored === 'uint8' ? Uint8Array.from(stepped) : Uint16Array.from(stepped)
    parts.push(Buffer.from(array.buffer))
    return { ...spec, quantization: { dtype: stored, min, scale } }
  })
  return { specs: quantized as tf.io.WeightsManifestEntry[], data: Buffer.concat(parts) }
}

/** Reads a saved model by TensorFlow.js itself. The caller disposes it. */
export function loadLayersModel(path: string): Promise<Model> {
  const json = JSON.parse(readFileSync(path, 'utf8')) as tf.io.ModelJSON
  const [group] = json.weightsManifest
  const shards = (group?.paths ?? []).map((shard) => readFileSync(join(dirname(path), shard)))
  const data = Buffer.concat(shards)
  return tfl.loadLayersModel({
    load: () =>
      Promise.resolve({
        modelTopology: json.modelTopology,
        weightSpecs: group?.weights ?? [],
        weightData: Uint8Array.from(data).buffer,
      }),
  })
}

/** The value of a layer for a picture, `[1, size, size, 3]`, flat. */
export function valueOfLayer(model: Model, layer: string, picture: tf.Tensor4D): Float32Array {
  return tf.tidy(() => {
    const output = findOutput(model, layer)
    const part = tfl.model({ inputs: model.inputs, outputs: output })
    return Float32Array.from((part.predict(picture) as tf.Tensor).dataSync())
  })
}

function findOutput(model: Model, layer: string): tfl.SymbolicTensor {
  return model.getLayer(layer).output as tfl.SymbolicTensor
}
