import * as tf from '@tensorflow/tfjs-core'
import type { GraphNode } from '../../models/graph.ts'
import type { Attributes, Op, ParameterRole } from '../../models/ops.ts'
import type { BatchStatistics } from '../batch-normalization.ts'
import { runOperation } from '../operations.ts'
import type { NormalizationActivation } from './normalization.ts'

/** What a rule is given in both passes. All tensors stay the caller's. */
export interface RuleContext {
  readonly node: GraphNode
  /** The node's inputs, then the shortcut where there is one. In the backward pass only those that the rule needs are there. */
  readonly inputs: readonly (tf.Tensor | undefined)[]
  readonly hasShortcut: boolean
  readonly activation: NormalizationActivation
  readonly parameter: (role: ParameterRole) => tf.Tensor
  /** Whether the node's own parameters are trained. */
  readonly trainable: boolean
  readonly dropoutMask: (shape: readonly number[], rate: number) => tf.Tensor
  /** Takes over both tensors. */
  readonly reportStatistics: (statistics: BatchStatistics) => void
}

/** What the forward pass of a step gives; the caller disposes all. */
export interface Forward {
  readonly value: tf.Tensor
  /** For the step's own backward pass only. */
  readonly saved: readonly tf.Tensor[]
}

/** What the backward pass of a step is given besides. */
export interface Backward extends RuleContext {
  readonly dy: tf.Tensor
  /** The step's value, where the rule needs it. */
  readonly output: tf.Tensor | undefined
  readonly saved: readonly tf.Tensor[]
  /** For each input, whether its gradient is wanted. */
  readonly wanted: readonly boolean[]
  readonly inputShapes: readonly (readonly number[])[]
}

/** Gradients; the caller disposes them, and there may be some that are not wanted. */
export interface RuleGradients {
  /** In the order of the inputs. */
  readonly inputs: readonly (tf.Tensor | undefined)[]
  readonly parameters: Partial<Record<ParameterRole, tf.Tensor>>
}

/** Which values the backward pass of a step reads. */
export interface Needs {
  readonly inputs: boolean
  readonly output: boolean
}

/** How a layer runs in both passes. */
export interface Rule<K extends Op> {
  /** What the backward pass reads, an activation apart. */
  readonly needs: Needs
  readonly forward: (context: RuleContext, attributes: Attributes[K]) => Forward
  readonly backward: (context: Backward, attributes: Attributes[K]) => RuleGradients
}

/** For every layer: its gradient is found by TensorFlow.js, which runs the layer again for it. */
export const generalRule: Rule<Op> = {
  needs: { inputs: true, output: false },
  forward: recorded,
  backward: byRecording,
}

/** The forward pass of a layer as it is run everywhere. */
export function recorded(context: RuleContext): Forward {
  const { node, inputs, parameter } = context
  const value = tf.tidy(() =>
    runOperation(node, {
      inputs: inputs as tf.Tensor[],
      parameter,
      activation: undefined,
      training: context,
    }),
  )
  return { value, saved: [] }
}

/** The backward pass of any layer: TensorFlow.js runs it again, and finds its gradient. */
export function byRecording(context: Backward): RuleGradients {
  const { node, dy, inputs } = context
  const roles = context.trainable ? rolesOf(node) : []
  // Clones, since a layer may take one value twice.
  const xs = [...inputs.map((input) => tf.clone(input as tf.Tensor)), ...roles.map(context.parameter)]
  const gradients = tf.tidy(() =>
    tf.grads((...current: tf.Tensor[]) =>
      runOperation(node, {
        inputs: current.slice(0, inputs.length),
        parameter: (role) => current[inputs.length + roles.indexOf(role)] ?? context.parameter(role),
        activation: undefined,
        training: context,
      }),
    )(xs, dy),
  )
  tf.dispose(xs.slice(0, inputs.length))
  return {
    inputs: gradients.slice(0, inputs.length),
    parameters: Object.fromEntries(roles.map((role, index) => [role, gradients[inputs.length + index]])),
  }
}

function rolesOf({ op }: GraphNode): ParameterRole[] {
  if (op === 'layerNormalization') return ['gamma', 'beta']
  return op === 'layerScale' ? ['gamma'] : []
}
