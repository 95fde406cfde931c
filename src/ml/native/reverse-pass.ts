import * as tf from '@tensorflow/tfjs-core'
import type { Graph } from '../../models/graph.ts'
import type { BatchStatistics } from '../batch-normalization.ts'
import type { ParameterTensors } from '../execute.ts'
import { planReverse, type ReversePlan, type ReverseStep } from './reverse-plan.ts'
import type { RuleContext } from './general-rule.ts'
import { runBackward, runForward } from './reverse-rules.ts'

/** What both passes are run with. */
export interface ReversePassOptions {
  readonly graph: Graph
  /** float32 `[batch, ...]`; it stays the caller's. */
  readonly input: tf.Tensor
  readonly parameters: ParameterTensors
  /** Nodes whose parameters are trained: their batch normalizations use the batch's statistics. */
  readonly trainable: ReadonlySet<string>
  /** A mask of 0 and 1 / (1 - rate) for a layer, float32 of `shape`. */
  readonly dropoutMask: (node: string, shape: readonly number[], rate: number) => tf.Tensor
  /** Takes over both tensors. */
  readonly onStatistics: (node: string, statistics: BatchStatistics) => void
  /** The gradient of the loss by the output, of its shape; both stay the caller's until the pass ends, which disposes them. */
  readonly slopesOf: (output: tf.Tensor) => tf.Tensor
  /** Called with each parameter's gradient as it is found; it is disposed afterwards. */
  readonly onGradient: (parameter: string, gradient: tf.Tensor) => void
  /** A node whose value's own gradient is wanted; both tensors are disposed after the call. */
  readonly watched?: {
    readonly node: string
    readonly onGradient: (value: tf.Tensor, gradient: tf.Tensor) => void
  }
}

/** A value with the number of times it will be read yet. */
interface Held {
  readonly tensor: tf.Tensor
  uses: number
}

/**
 * Trains a graph by hand on the native engine: forward, then backward over its layers with each layer's own gradient, where a map is freed
 * at its last use. TensorFlow.js's tape holds every map to the end of both passes, and knows no fused normalization.
 */
export function runReversePass(options: ReversePassOptions): void {
  const { graph, input, watched } = options
  const plan = planOf(graph, options.trainable, watched?.node)
  const values = new Map<string, Held>()
  const saved = new Map<ReverseStep, readonly tf.Tensor[]>()
  const shapes = new Map<string, readonly number[]>()
  const gradients = new Map<string, tf.Tensor>()
  const hold = (name: string, tensor: tf.Tensor): void => {
    shapes.set(name, tensor.shape)
    const uses = plan.uses.get(name) ?? 0
    if (uses === 0) tensor.dispose()
    else values.set(name, { tensor, uses })
  }
  const release = (name: string): void => {
    const held = values.get(name)
    if (held === undefined) return
    held.uses -= 1
    if (held.uses > 0) return
    held.tensor.dispose()
    values.delete(name)
  }
  const contextOf = (step: ReverseStep): RuleContext => ({
    node: step.node,
    inputs: step.inputs.map((name) => values.get(name)?.tensor),
    hasShortcut: step.shortcut !== undefined,
    activation: step.activation,
    parameter: (role) => parameterOf(options.parameters, `${step.node.name}/${role}`),
    trainable: options.trainable.has(step.node.name),
    dropoutMask: (shape, rate) => options.dropoutMask(step.node.name, shape, rate),
    reportStatistics: (statistics) => options.onStatistics(step.node.name, statistics),
  })
  try {
    for (const step of plan.steps) {
      if (step.node.op === 'input') {
        hold(step.output, tf.clone(input))
        continue
      }
      const { value, saved: own } = runForward(contextOf(step))
      if (step.isTrained) saved.set(step, own)
      else tf.dispose([...own])
      hold(step.output, value)
      for (const name of step.inputs) release(name)
    }
    const output = values.get(graph.output)?.tensor
    if (output === undefined) throw new Error(`The network '${graph.name}' gave no output.`)
    gradients.set(graph.output, options.slopesOf(output))
    release(graph.output)
    for (const step of plan.steps.toReversed()) {
      if (step.output === watched?.node) tellWatched(watched)
      if (step.isTrained && step.node.op !== 'input') goBack(step)
    }
  } finally {
    for (const { tensor } of values.values()) tensor.dispose()
    for (const own of saved.values()) tf.dispose([...own])
    for (const gradient of gradients.values()) gradient.dispose()
  }

  function tellWatched({ node, onGradient }: NonNullable<typeof watched>): void {
    const [value, gradient] = [values.get(node)?.tensor, gradients.get(node)]
    if (value !== undefined && gradient !== undefined) onGradient(value, gradient)
    release(node)
  }

  function goBack(step: ReverseStep): void {
    const dy = gradients.get(step.output)
    const own = saved.get(step) ?? []
    if (dy !== undefined) {
      const found = runBackward({
        ...contextOf(step),
        dy,
        output: values.get(step.output)?.tensor,
        saved: own,
        wanted: step.wanted,
        inputShapes: step.inputs.map((name) => shapes.get(name) ?? []),
      })
      gradients.delete(step.output)
      dy.dispose()
      step.inputs.forEach((name, index) => {
        const gradient = found.inputs[index]
        if (gradient === undefined) return
        if (step.wanted[index]) addTo(name, gradient)
        else gradient.dispose()
      })
      for (const [role, gradient] of Object.entries(found.parameters)) {
        if (options.trainable.has(step.node.name)) options.onGradient(`${step.node.name}/${role}`, gradient)
        gradient.dispose()
      }
    }
    saved.delete(step)
    tf.dispose([...own])
    for (const name of step.keeps) release(name)
  }

  function addTo(name: string, gradient: tf.Tensor): void {
    const other = gradients.get(name)
    if (other === undefined) {
      gradients.set(name, gradient)
      return
    }
    gradients.set(name, tf.add(other, gradient))
    tf.dispose([other, gradient])
  }
}

/** The last plan of each graph: a training asks for the same one at every step. */
const plans = new WeakMap<Graph, { trainable: ReadonlySet<string>; watched?: string; plan: ReversePlan }>()

function planOf(graph: Graph, trainable: ReadonlySet<string>, watched?: string): ReversePlan {
  const known = plans.get(graph)
  if (known?.trainable === trainable && known.watched === watched) return known.plan
  const plan = planReverse(graph, trainable, watched)
  plans.set(graph, { trainable, watched, plan })
  return plan
}

function parameterOf(parameters: ParameterTensors, name: string): tf.Tensor {
  const tensor = parameters.get(name)
  if (tensor === undefined) throw new Error(`There is no value for '${name}'.`)
  return tensor
}
