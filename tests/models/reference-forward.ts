import type { Graph, GraphNode, Shape } from '../../src/models/graph.ts'
import { elementCount, inferShapes } from '../../src/models/shapes.ts'
import type { Window2d } from '../../src/models/windows.ts'
import { resolvePadding } from '../../src/models/windows.ts'

type Tensors = ReadonlyMap<string, Float32Array>

/**
 * Runs a graph on one example by plain loops, in inference mode: slow, and independent of any library.
 *
 * @returns the value of every node
 */
export function referenceForward(
  graph: Graph,
  tensors: Tensors,
  input: Float32Array,
  inputShape?: Shape,
): Map<string, Float32Array> {
  const shapes = inferShapes(graph, inputShape)
  const values = new Map<string, Float32Array>()
  for (const node of graph.nodes) {
    const inputs = node.inputs.map((name) => values.get(name)!)
    const inputShapes = node.inputs.map((name) => shapes.get(name)!)
    const parameter = (role: string): Float32Array => {
      const data = tensors.get(`${node.name}/${role}`)
      if (data === undefined) throw new Error(`no ${node.name}/${role}`)
      return data
    }
    const output = shapes.get(node.name)!
    values.set(node.name, node.op === 'input' ? input : run(node, inputs, inputShapes, output, parameter))
  }
  return values
}

function run(
  node: GraphNode,
  inputs: Float32Array[],
  inputShapes: Shape[],
  output: Shape,
  parameter: (role: string) => Float32Array,
): Float32Array {
  const [x, shape] = [inputs[0]!, inputShapes[0]!]
  const channels = shape.at(-1)!
  switch (node.op) {
    case 'input':
      throw new Error('an input has no inputs')
    case 'conv2d':
    case 'depthwiseConv2d': {
      const depthwise = node.op === 'depthwiseConv2d'
      const kernel = parameter(depthwise ? 'depthwiseKernel' : 'kernel')
      const bias = node.attributes.useBias ? parameter('bias') : undefined
      return convolve(x, shape, output, kernel, bias, node.attributes, depthwise)
    }
    case 'batchNormalization': {
      const [gamma, beta] = [parameter('gamma'), parameter('beta')]
      const [mean, variance] = [parameter('movingMean'), parameter('movingVariance')]
      return x.map((value, index) => {
        const c = index % channels
        const scale = gamma[c]! / Math.sqrt(variance[c]! + node.attributes.epsilon)
        return (value - mean[c]!) * scale + beta[c]!
      })
    }
    case 'relu':
      return x.map((value) => Math.max(value, 0))
    case 'relu6':
      return x.map((value) => Math.min(Math.max(value, 0), 6))
    case 'add':
      return x.map((value, index) => inputs.slice(1).reduce((sum, other) => sum + other[index]!, value))
    case 'globalAveragePooling2d': {
      const sums = new Float64Array(channels)
      x.forEach((value, index) => (sums[index % channels]! += value))
      return Float32Array.from(sums, (sum) => sum / (x.length / channels))
    }
    case 'dense': {
      const kernel = parameter('kernel')
      const bias = node.attributes.useBias ? parameter('bias') : undefined
      const { units } = node.attributes
      return Float32Array.from({ length: units }, (_, unit) => {
        return x.reduce((sum, value, index) => sum + value * kernel[index * units + unit]!, bias?.[unit] ?? 0)
      })
    }
    case 'flatten':
    case 'reshape':
    case 'dropout':
      return x
    case 'maxPooling2d':
      return poolPlainly(x, shape, output, node.attributes, (values) => Math.max(...values))
    case 'averagePooling2d': {
      const area = node.attributes.kernelSize[0] * node.attributes.kernelSize[1]
      const { countIncludePadding } = node.attributes
      return poolPlainly(x, shape, output, node.attributes, (values) => {
        const sum = values.reduce((total, value) => total + value, 0)
        return sum / (countIncludePadding ? area : values.length)
      })
    }
    case 'zeroPadding2d': {
      const [[top], [left]] = node.attributes.padding
      const result = new Float32Array(elementCount(output))
      const row = shape[1]! * channels
      for (let y = 0; y < shape[0]!; y += 1) {
        result.set(x.subarray(y * row, (y + 1) * row), ((y + top) * output[1]! + left) * channels)
      }
      return result
    }
    case 'sigmoid':
      return x.map((value) => 1 / (1 + Math.exp(-value)))
    case 'tanh':
      return x.map(Math.tanh)
    case 'leakyRelu': {
      const { negativeSlope } = node.attributes
      return x.map((value) => (value > 0 ? value : negativeSlope * value))
    }
    case 'hardSigmoid':
      return x.map((value) => Math.min(Math.max(value + 3, 0), 6) / 6)
    case 'swish':
      return x.map((value) => value / (1 + Math.exp(-value)))
    case 'hardSwish':
      return x.map((value) => (value * Math.min(Math.max(value + 3, 0), 6)) / 6)
    case 'gelu':
      return x.map((value) => value * normalDistribution(value))
    case 'layerNormalization': {
      const [gamma, beta] = [parameter('gamma'), parameter('beta')]
      const result = new Float32Array(x.length)
      for (let start = 0; start < x.length; start += channels) {
        const values = x.subarray(start, start + channels)
        const mean = values.reduce((sum, value) => sum + value, 0) / channels
        const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / channels
        const scale = 1 / Math.sqrt(variance + node.attributes.epsilon)
        values.forEach((value, c) => (result[start + c] = (value - mean) * scale * gamma[c]! + beta[c]!))
      }
      return result
    }
    case 'layerScale': {
      const gamma = parameter('gamma')
      return x.map((value, index) => value * gamma[index % channels]!)
    }
    case 'multiply': {
      const result = new Float32Array(elementCount(output))
      return result.map((_, index) =>
        inputs.reduce(
          (product, other, i) => product * other[broadcastIndex(index, output, inputShapes[i]!)]!,
          1,
        ),
      )
    }
    case 'concatenate': {
      const positions = x.length / channels
      const result: number[] = []
      for (let position = 0; position < positions; position += 1) {
        inputs.forEach((values, i) => {
          const width = inputShapes[i]!.at(-1)!
          result.push(...values.subarray(position * width, (position + 1) * width))
        })
      }
      return Float32Array.from(result)
    }
  }
}

function convolve(
  x: Float32Array,
  [height, width, channels]: Shape,
  output: Shape,
  kernel: Float32Array,
  bias: Float32Array | undefined,
  window: Window2d,
  depthwise: boolean,
): Float32Array {
  const [outHeight, outWidth, filters] = output as [number, number, number]
  const [[top], [left]] = resolvePadding([height!, width!], window)
  const result = new Float32Array(elementCount(output))
  const sums = new Float64Array(filters)
  const perChannel = filters / channels!
  for (let oy = 0; oy < outHeight; oy += 1) {
    for (let ox = 0; ox < outWidth; ox += 1) {
      if (bias === undefined) sums.fill(0)
      else sums.set(bias)
      for (let ky = 0; ky < window.kernelSize[0]; ky += 1) {
        const y = oy * window.strides[0] + ky * window.dilation[0] - top
        if (y < 0 || y >= height!) continue
        for (let kx = 0; kx < window.kernelSize[1]; kx += 1) {
          const xPosition = ox * window.strides[1] + kx * window.dilation[1] - left
          if (xPosition < 0 || xPosition >= width!) continue
          const source = (y * width! + xPosition) * channels!
          const tap = (ky * window.kernelSize[1] + kx) * channels!
          for (let c = 0; c < channels!; c += 1) {
            const value = x[source + c]!
            if (depthwise) {
              for (let m = 0; m < perChannel; m += 1) {
                sums[c * perChannel + m]! += value * kernel[(tap + c) * perChannel + m]!
              }
            } else {
              const row = (tap + c) * filters
              for (let f = 0; f < filters; f += 1) sums[f]! += value * kernel[row + f]!
            }
          }
        }
      }
      result.set(sums, (oy * outWidth + ox) * filters)
    }
  }
  return result
}

/** Calls `reduce` with the values of the map, without padding, that lie under each window. */
function poolPlainly(
  x: Float32Array,
  [height, width, channels]: Shape,
  output: Shape,
  window: Window2d,
  reduce: (values: number[]) => number,
): Float32Array {
  const [[top], [left]] = resolvePadding([height!, width!], window)
  return new Float32Array(elementCount(output)).map((_, index) => {
    const c = index % channels!
    const position = Math.floor(index / channels!)
    const [oy, ox] = [Math.floor(position / output[1]!), position % output[1]!]
    const values: number[] = []
    for (let ky = 0; ky < window.kernelSize[0]; ky += 1) {
      for (let kx = 0; kx < window.kernelSize[1]; kx += 1) {
        const y = oy * window.strides[0] + ky * window.dilation[0] - top
        const xPosition = ox * window.strides[1] + kx * window.dilation[1] - left
        if (y < 0 || y >= height! || xPosition < 0 || xPosition >= width!) continue
        values.push(x[(y * width! + xPosition) * channels! + c]!)
      }
    }
    return reduce(values)
  })
}

/** The index in a smaller tensor, whose axes of length 1 repeat, of a flat index in `output`. */
function broadcastIndex(index: number, output: Shape, shape: Shape): number {
  let rest = index
  let result = 0
  let stride = 1
  for (let axis = output.length - 1; axis >= 0; axis -= 1) {
    const along = rest % output[axis]!
    rest = Math.floor(rest / output[axis]!)
    result += (shape[axis] === 1 ? 0 : along) * stride
    stride *= shape[axis]!
  }
  return result
}

/** The share of a standard normal distribution below `x`, by Simpson's rule: independent of any series for erf. */
function normalDistribution(x: number): number {
  const steps = 200
  const width = x / steps
  const density = (t: number): number => Math.exp((-t * t) / 2) / Math.sqrt(2 * Math.PI)
  let sum = density(0) + density(x)
  for (let step = 1; step < steps; step += 1) sum += density(step * width) * (step % 2 === 1 ? 4 : 2)
  return 0.5 + (sum * width) / 3
}
