import { createHash } from 'node:crypto'
import * as tf from '@tensorflow/tfjs-core'
import type { EngineId } from '../contract/engine-ids.ts'
import type { TrainPlan } from '../contract/train-plan.ts'
import type { Preprocessing } from '../models/backbone.ts'
import { foldBatchNorm } from '../models/fold-batch-norm.ts'
import type { Graph } from '../models/graph.ts'
import { elementCount, inferShapes, parametersOf } from '../models/shapes.ts'
import { createExecutor, createParameters, disposeParameters } from '../ml/execute.ts'
import { createNormalizer } from '../ml/preprocess.ts'
import { decodeVersion, type DecodeOptions } from '../imaging/decode.ts'
import { recordFormats, type Precision } from './records/record-formats.ts'

/** Changes when the meaning of a cached record does. */
const recordVersion = 2

/**
 * The part of a network below the freeze boundary: a constant function from an image to a record. Where nothing is frozen the record is the
 * decoded image itself.
 */
export interface FrozenPart {
  /** Of the value at the boundary, without the batch. */
  readonly shape: readonly number[]
  /** Values of a record once it is expanded. */
  readonly length: number
  readonly recordBytes: number
  /** Whether nothing is frozen, so that records are uint8 pixels `[height, width, 3]`. */
  readonly isPixels: boolean
  /** What it was made from: another process can make the same. */
  readonly options: FrozenPartOptions
  readonly decode: DecodeOptions
  /** Names everything a record depends on but the image: for caches. The engine is left out: they agree but for rounding. */
  readonly key: string
  /** What the records are, for people. */
  readonly about: {
    readonly network: string
    readonly boundary: string
    readonly inputSize: number
    readonly precision: Precision | 'uint8'
  }
  /** How many images go through the engine at once. */
  readonly batchSize: number
  /** Records of decoded images, `[height, width, 3]` each, one behind another. */
  readonly compute: (pixels: readonly Uint8Array[]) => Promise<Uint8Array[]>
  /** A record as input of the rest of the network: `length` values into `out` from `offset` on. */
  readonly expand: (record: Uint8Array, out: Float32Array, offset: number) => void
  /** Frees its weights. */
  readonly dispose: () => void
}

/** Images at once: on a fast engine enough to hide the cost of calls, on a slow one few, so that it stays answerable. */
const batchSizes: { readonly [Engine in EngineId]: number } = { native: 16, webgpu: 16, wasm: 4, cpu: 1 }

/** What a frozen part is made from. */
export interface FrozenPartOptions {
  readonly preprocessing: Preprocessing
  /** From the image to the boundary, as cutAt or truncateAt gives it. Images are scaled to the size of its input node. */
  readonly graph: Graph
  /** Values of at least its parameters; read on the first call of `compute`. */
  readonly values: () => ReadonlyMap<string, Float32Array>
  /** Null where no published weights are in it. */
  readonly weightsSha256: string | null
  readonly engine: EngineId
  /** What records are kept in. Absent: `trainingPrecision`. */
  readonly precision?: Precision
}

/** What training keeps records in. @see bench/cache-precision.ts */
export const trainingPrecision: Precision = 'float16'

/** The backbone's preprocessing with the plan's own mean and deviation, where it has them. */
export function preprocessingFor(
  published: Preprocessing,
  { normalization }: Pick<TrainPlan, 'normalization'>,
): Preprocessing {
  if (normalization === undefined) return published
  const ordered = (values: readonly [number, number, number]): [number, number, number] => {
    const [red, green, blue] = values.map((value) => value * 255) as [number, number, number]
    return published.channels === 'rgb' ? [red, green, blue] : [blue, green, red]
  }
  return {
    ...published,
    mean: ordered(normalization.mean),
    standardDeviation: ordered(normalization.standardDeviation),
  }
}

/** Puts the frozen part of a network on the current engine, when it is first used. The caller disposes it. */
export function createFrozenPart(options: FrozenPartOptions): FrozenPart {
  const { preprocessing, graph, values, weightsSha256, engine, precision = trainingPrecision } = options
  const shapes = inferShapes(graph)
  const input = graph.nodes.find((node) => node.op === 'input')
  const [height = 0, width = 0] = shapes.get(input?.name ?? '') ?? []
  const shape = shapes.get(graph.output) ?? []
  const length = elementCount(shape)
  const decode: DecodeOptions = { width, height, resize: preprocessing.resize }
  const normalize = createNormalizer(preprocessing)
  const isPixels = input?.name === graph.output
  const pixelCount = height * width * 3
  const common = {
    shape,
    length,
    isPixels,
    options,
    decode,
    batchSize: batchSizes[engine],
  }
  const about = { network: graph.name, boundary: graph.output, inputSize: height }
  if (isPixels) {
    return {
      ...common,
      key: keyOf(graph, { decode }),
      about: { ...about, precision: 'uint8' },
      recordBytes: pixelCount,
      compute: (pixels) => Promise.resolve([...pixels]),
      expand: normalize,
      dispose: () => {},
    }
  }
  const format = recordFormats[precision]
  const folded = foldBatchNorm(graph)
  const executor = createExecutor(folded.graph)
  let parameters: Map<string, tf.Tensor> | undefined
  return {
    ...common,
    key: keyOf(graph, { decode, preprocessing, weightsSha256, precision }),
    about: { ...about, precision },
    recordBytes: format.bytesOf(length),
    async compute(pixels) {
      parameters ??= createParameters(parametersOf(folded.graph), folded.foldTensors(values()))
      const data = new Float32Array(pixels.length * pixelCount)
      pixels.forEach((image, index) => normalize(image, data, index * pixelCount))
      const images = tf.tensor4d(data, [pixels.length, height, width, 3])
      const result = executor.infer(images, parameters)
      images.dispose()
      const features = (await result.data()) as Float32Array
      result.dispose()
      return pixels.map((_, index) => format.encode(features.subarray(index * length, (index + 1) * length)))
    },
    expand: (record, out, offset) => format.decode(record, out.subarray(offset, offset + length)),
    dispose() {
      if (parameters !== undefined) disposeParameters(parameters)
      parameters = undefined
    },
  }
}

function keyOf(graph: Graph, inputs: object): string {
  const { nodes, output } = graph
  return createHash('sha256')
    .update(JSON.stringify({ recordVersion, decodeVersion, inputs, nodes, output }))
    .digest('hex')
}
