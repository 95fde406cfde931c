import type { Graph, GraphNode } from './graph.ts'
import { defineGraph } from './graph.ts'
import type { Attributes, Op } from './ops.ts'
import type { Padding, Size2d } from './windows.ts'

/** The parts of a window that a layer may leave out: stride 1, no padding, no dilation. */
export interface WindowOptions {
  /** One number for a square. */
  readonly kernel: number | Size2d
  readonly stride?: number
  readonly padding?: Padding
}

/** Writes the layers of a network one after another. Every method returns the name of the layer that it added. */
export interface GraphBuilder {
  /** The name of the input layer. */
  readonly input: string
  /** Layers added from now on belong to this block. */
  readonly startBlock: (block: string) => void
  readonly add: <K extends Op>(
    op: K,
    name: string,
    inputs: string | readonly string[],
    attributes: Attributes[K],
  ) => string
  readonly conv2d: (
    name: string,
    input: string,
    options: WindowOptions & { readonly filters: number; readonly useBias?: boolean },
  ) => string
  readonly depthwiseConv2d: (
    name: string,
    input: string,
    options: WindowOptions & { readonly depthMultiplier?: number; readonly useBias?: boolean },
  ) => string
  readonly maxPooling2d: (name: string, input: string, options: WindowOptions) => string
  readonly averagePooling2d: (
    name: string,
    input: string,
    options: WindowOptions & { readonly countIncludePadding?: boolean },
  ) => string
  readonly batchNormalization: (name: string, input: string) => string
  /** A layer of an operation without attributes. */
  readonly apply: (op: PlainOp, name: string, ...inputs: string[]) => string
  /** With bias, started as Keras starts dense layers. */
  readonly dense: (name: string, input: string, units: number) => string
  /** The graph of all layers so far. @throws AppError 'internal' where it is not valid */
  readonly build: (name: string, output: string) => Graph
}

type PlainOp = {
  [K in Op]: Record<never, never> extends Attributes[K] ? K : never
}[Op]

/**
 * Starts a network with its input layer, `[inputSize, inputSize, 3]`.
 *
 * @param normalization of every batch normalization in it
 */
export function createGraphBuilder(
  inputSize: number,
  normalization: Attributes['batchNormalization'],
  input = 'input',
): GraphBuilder {
  const nodes: GraphNode[] = []
  let block = 'input'
  const add: GraphBuilder['add'] = (op, name, inputs, attributes) => {
    // The parameters of this function keep op and attributes together.
    nodes.push({ op, name, inputs: [inputs].flat(), attributes, block } as unknown as GraphNode)
    return name
  }
  add('input', input, [], { shape: [inputSize, inputSize, 3] })
  return {
    input,
    startBlock: (next) => {
      block = next
    },
    add,
    conv2d: (name, from, { filters, useBias = false, ...options }) =>
      add('conv2d', name, from, { filters, useBias, ...windowOf(options) }),
    depthwiseConv2d: (name, from, { depthMultiplier = 1, useBias = false, ...options }) =>
      add('depthwiseConv2d', name, from, { depthMultiplier, useBias, ...windowOf(options) }),
    maxPooling2d: (name, from, options) => add('maxPooling2d', name, from, windowOf(options)),
    averagePooling2d: (name, from, { countIncludePadding = false, ...options }) =>
      add('averagePooling2d', name, from, { countIncludePadding, ...windowOf(options) }),
    batchNormalization: (name, from) => add('batchNormalization', name, from, normalization),
    apply: (op, name, ...inputs) => add(op, name, inputs, {}),
    dense: (name, from, units) =>
      add('dense', name, from, { units, useBias: true, kernelInitializer: 'glorotUniform' }),
    build: (name, output) => defineGraph({ name, nodes: [...nodes], output }),
  }
}

/** The same number of pixels on both sides: of rows, and of columns where they differ. */
export function evenPadding(rows: number, columns = rows): Padding {
  return [
    [rows, rows],
    [columns, columns],
  ]
}

function windowOf({ kernel, stride = 1, padding = 'valid' }: WindowOptions) {
  const kernelSize: Size2d = typeof kernel === 'number' ? [kernel, kernel] : kernel
  return {
    kernelSize,
    strides: [stride, stride],
    padding: stride === 1 && isSame(padding, kernelSize) ? 'same' : padding,
    dilation: [1, 1],
  } as const
}

/** Whether pixels on each side are what 'same' gives at stride 1, which every engine knows by itself. */
function isSame(padding: Padding, kernelSize: Size2d): boolean {
  if (typeof padding === 'string') return false
  return padding.every((sides, axis) => sides.every((side) => 2 * side + 1 === kernelSize[axis]))
}
