import { createHash } from 'node:crypto'
import * as tf from '@tensorflow/tfjs-core'
import type { EngineId } from '../contract/engine-ids.ts'
import type { BackboneMeta } from '../models/backbone.ts'
import { foldBatchNorm } from '../models/fold-batch-norm.ts'
import type { Graph } from '../models/graph.ts'
import { elementCount, inferShapes, parametersOf } from '../models/shapes.ts'
import { createExecutor, createParameters, disposeParameters } from '../ml/execute.ts'
import { createNormalizer } from '../ml/preprocess.ts'
import { decodeVersion, type DecodeOptions } from '../imaging/decode.ts'

/** Changes when the meaning of a cached record does. */
const recordVersion = 1

/**
 * The part of a network below the freeze boundary: a constant function from an image to a record. Where nothing is frozen the record is the
 * decoded image itself.
 */
export interface FrozenPart {
  /** Of the value at the boundary, without the batch. */
  readonly shape: readonly number[]
  /** Values of a record: float32 at a boundary, uint8 pixels where nothing is frozen. */
  readonly length: number
  readonly recordBytes: number
  readonly decode: DecodeOptions
  /** Names everything a record depends on but the image: for caches. The engine is left out: they agree but for rounding. */
  readonly key: string
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
  readonly meta: BackboneMeta
  /** From the image to the boundary, as cutAt or truncateAt gives it. */
  readonly graph: Graph
  /** Values of at least its parameters; read on the first call of `compute`. */
  readonly values: () => ReadonlyMap<string, Float32Array>
  /** Null where no published weights are in it. */
  readonly weightsSha256: string | null
  readonly engine: EngineId
}

/** Puts the frozen part of a network on the current engine, when it is first used. The caller disposes it. */
export function createFrozenPart({
  meta,
  graph,
  values,
  weightsSha256,
  engine,
}: FrozenPartOptions): FrozenPart {
  const { preprocessing, inputSize } = meta
  const input = graph.nodes.find((node) => node.op === 'input')
  const shape = inferShapes(graph).get(graph.output) ?? []
  const length = elementCount(shape)
  const decode: DecodeOptions = { width: inputSize, height: inputSize, resize: preprocessing.resize }
  const normalize = createNormalizer(preprocessing)
  const isPixels = input?.name === graph.output
  const pixelCount = inputSize * inputSize * 3
  const common = {
    shape,
    length,
    decode,
    key: keyOf(graph, isPixels ? { decode } : { decode, preprocessing, weightsSha256 }),
    batchSize: batchSizes[engine],
  }
  if (isPixels) {
    return {
      ...common,
      recordBytes: pixelCount,
      compute: (pixels) => Promise.resolve([...pixels]),
      expand: normalize,
      dispose: () => {},
    }
  }
  const folded = foldBatchNorm(graph)
  const executor = createExecutor(folded.graph)
  let parameters: Map<string, tf.Tensor> | undefined
  return {
    ...common,
    recordBytes: length * 4,
    async compute(pixels) {
      parameters ??= createParameters(parametersOf(folded.graph), folded.foldTensors(values()))
      const data = new Float32Array(pixels.length * pixelCount)
      pixels.forEach((image, index) => normalize(image, data, index * pixelCount))
      const images = tf.tensor4d(data, [pixels.length, inputSize, inputSize, 3])
      const result = executor.infer(images, parameters)
      images.dispose()
      const records = (await result.data()) as Float32Array
      result.dispose()
      return pixels.map(
        (_, index) => new Uint8Array(records.buffer, records.byteOffset + index * length * 4, length * 4),
      )
    },
    expand(record, out, offset) {
      new Uint8Array(out.buffer, out.byteOffset + offset * 4, length * 4).set(record)
    },
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
