import * as tf from '@tensorflow/tfjs-core'
import type { Graph, GraphNode } from '../models/graph.ts'
import { consumersOf } from '../models/graph.ts'
import type { ParameterRole } from '../models/ops.ts'
import { createRandom } from '../models/random.ts'
import type { ParameterSpec } from '../models/shapes.ts'
import type { BatchStatistics } from './batch-normalization.ts'
import { fusingOps, runOperation, type FusedActivation } from './operations.ts'

/** Parameters by their name `<node>/<role>`, float32, in TensorFlow's layouts. */
export type ParameterTensors = ReadonlyMap<string, tf.Tensor>

/**
 * Puts parameters on the current engine.
 *
 * @returns tensors that outlive any `tf.tidy`; the caller disposes them with {@link disposeParameters}
 */
export function createParameters(
  specs: readonly ParameterSpec[],
  values: ReadonlyMap<string, Float32Array>,
): Map<string, tf.Tensor> {
  return new Map(
    specs.map(({ name, shape }) => {
      const data = values.get(name)
      if (data === undefined) throw new Error(`There are no values for the parameter '${name}'.`)
      return [name, tf.keep(tf.tensor(data, [...shape], 'float32'))]
    }),
  )
}

/** Frees parameters. */
export function disposeParameters(parameters: ParameterTensors): void {
  for (const tensor of parameters.values()) tensor.dispose()
}

/** What a step of training needs beyond the forward pass. */
export interface TrainingPass {
  /** Nodes whose parameters are trained: their batch normalizations use the batch's statistics. */
  readonly trainable: ReadonlySet<string>
  readonly seed: number
  /** Of the whole run; dropout masks derive from it. */
  readonly step: number
  /** Called for each batch normalization that is trained; takes over both tensors. */
  readonly onStatistics: (node: string, statistics: BatchStatistics) => void
  /** Called with each value that is made, as it is, and gives the one that later layers take: for gradients by an inner value. */
  readonly through?: (node: string, value: tf.Tensor) => tf.Tensor
}

/** A graph that can be run on the current engine, with parameters given at each call. */
export interface Executor {
  /**
   * Inference: dropout passes on, batch normalization uses its moving statistics. Every map is freed as soon as nothing needs it.
   *
   * @param input float32 `[batch, ...]`; it stays the caller's
   * @returns float32 `[batch, ...]`, which the caller disposes
   */
  readonly infer: (input: tf.Tensor, parameters: ParameterTensors) => tf.Tensor
  /**
   * The forward pass of a training step, to be called where a gradient is recorded (`tf.valueAndGrads`), which frees its maps.
   *
   * @returns float32 `[batch, ...]`
   */
  readonly train: (input: tf.Tensor, parameters: ParameterTensors, pass: TrainingPass) => tf.Tensor
}

/** A layer with the activation that its kernel takes in, and the values that nothing needs after it. */
interface Step {
  readonly node: GraphNode
  readonly activation: FusedActivation | undefined
  /** The name of the value it gives: the activation's where one was taken in. */
  readonly output: string
  readonly lastUses: readonly string[]
}

/**
 * Plans how a graph runs: activations go into the kernel before them where nothing else takes the value between.
 *
 * @param made a node whose value is made for itself in any case
 */
export function createExecutor(graph: Graph, made?: string): Executor {
  const steps = planSteps(graph, made)
  return {
    infer(input, parameters) {
      const values = new Map<string, tf.Tensor>()
      for (const step of steps) {
        values.set(step.output, step.node.op === 'input' ? input : runStep(step, values, parameters))
        for (const name of step.lastUses) {
          const value = values.get(name)
          if (value !== input) value?.dispose()
          values.delete(name)
        }
      }
      const result = valueOf(values, graph.output)
      return result === input ? tf.clone(result) : result
    },
    train(input, parameters, pass) {
      const values = new Map<string, tf.Tensor>()
      for (const step of steps) {
        const value = step.node.op === 'input' ? input : runStep(step, values, parameters, pass)
        values.set(step.output, pass.through?.(step.output, value) ?? value)
      }
      return valueOf(values, graph.output)
    },
  }
}

function runStep(
  { node, activation }: Step,
  values: ReadonlyMap<string, tf.Tensor>,
  parameters: ParameterTensors,
  pass?: TrainingPass,
): tf.Tensor {
  const run = (): tf.Tensor =>
    runOperation(node, {
      inputs: node.inputs.map((name) => valueOf(values, name)),
      parameter: (role: ParameterRole) => valueOf(parameters, `${node.name}/${role}`),
      activation,
      training: pass && {
        trainable: pass.trainable.has(node.name),
        reportStatistics: (statistics) => pass.onStatistics(node.name, statistics),
        dropoutMask: (shape, rate) => createDropoutMask(node.name, shape, rate, pass),
      },
    })
  return pass === undefined ? tf.tidy(run) : run()
}

function planSteps(graph: Graph, made: string | undefined): Step[] {
  const consumers = consumersOf(graph)
  const fused = new Map<string, { activation: FusedActivation; output: string }>()
  for (const node of graph.nodes) {
    if (!fusingOps.has(node.op) || node.name === graph.output || node.name === made) continue
    const [next, ...others] = consumers.get(node.name) ?? []
    if (next === undefined || others.length > 0) continue
    const activation = graph.nodes.find(({ name }) => name === next)
    if (activation?.op === 'relu' || activation?.op === 'relu6') {
      fused.set(node.name, { activation: activation.op, output: next })
    }
  }
  const absorbed = new Set([...fused.values()].map(({ output }) => output))
  const kept = graph.nodes.filter((node) => !absorbed.has(node.name))
  const lastUse = new Map<string, string>()
  for (const node of kept) for (const input of node.inputs) lastUse.set(input, node.name)
  return kept.map((node) => ({
    node,
    activation: fused.get(node.name)?.activation,
    output: fused.get(node.name)?.output ?? node.name,
    lastUses: node.inputs.filter(
      (name, index) =>
        name !== graph.output && lastUse.get(name) === node.name && node.inputs.indexOf(name) === index,
    ),
  }))
}

/**
 * The mask of a dropout in one step of training: the same for the same seed, step and layer, on every engine.
 *
 * @returns float32 of `shape`: 0 with the probability `rate`, else 1 / (1 - rate)
 */
export function createDropoutMask(
  node: string,
  shape: readonly number[],
  rate: number,
  pass: { readonly seed: number; readonly step: number },
): tf.Tensor {
  const random = createRandom({ seed: pass.seed, purpose: `dropout:${node}`, item: pass.step })
  const threshold = rate * 2 ** 32
  const scale = 1 / (1 - rate)
  const size = shape.reduce((product, length) => product * length, 1)
  const mask = new Float32Array(size)
  for (let index = 0; index < size; index += 1) mask[index] = random.uint32() < threshold ? 0 : scale
  return tf.tensor(mask, [...shape])
}

function valueOf(values: ReadonlyMap<string, tf.Tensor>, name: string): tf.Tensor {
  const value = values.get(name)
  if (value === undefined) throw new Error(`There is no value for '${name}'.`)
  return value
}
