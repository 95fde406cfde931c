import * as tf from '@tensorflow/tfjs-core'
import type { OptimizerName } from '../../models/training/optimizers.ts'
import { adam, adamw } from './adam.ts'
import type { UpdateRule } from './optimizer.ts'
import { sgd } from './sgd.ts'

/** Every optimiser. */
const rules: { readonly [Name in OptimizerName]: UpdateRule } = { sgd, adam, adamw }

/** Changes parameters by their gradients, and holds what it must remember between steps. */
export interface Optimizer {
  /**
   * One step: replaces each tensor of `parameters` that has a gradient, and frees the old one. The gradients stay the caller's.
   *
   * @param learningRateOf the rate for a parameter's name: head and backbone may differ
   */
  readonly apply: (
    parameters: Map<string, tf.Tensor>,
    gradients: ReadonlyMap<string, tf.Tensor>,
    learningRateOf: (name: string) => number,
  ) => void
  /** Steps done. */
  readonly steps: () => number
  /** What is remembered, by `<slot>/<parameter>`. The tensors stay the optimiser's. */
  readonly slots: () => ReadonlyMap<string, tf.Tensor>
  /**
   * Goes on from a checkpoint.
   *
   * @param values as `slots` gave them
   */
  readonly restore: (steps: number, values: ReadonlyMap<string, Float32Array>) => void
  /** Frees the slots. */
  readonly dispose: () => void
}

/** An optimiser for these parameters, with all slots zero; the caller disposes it. */
export function createOptimizer(
  name: OptimizerName,
  shapes: ReadonlyMap<string, readonly number[]>,
): Optimizer {
  const rule = rules[name]
  const slots = new Map<string, tf.Tensor>()
  for (const [parameter, shape] of shapes) {
    for (const slot of rule.slots) slots.set(`${slot}/${parameter}`, tf.keep(tf.zeros([...shape])))
  }
  let steps = 0
  const replace = (tensors: Map<string, tf.Tensor>, key: string, next: tf.Tensor): void => {
    tensors.get(key)?.dispose()
    tensors.set(key, tf.keep(next))
  }
  return {
    apply(parameters, gradients, learningRateOf) {
      steps += 1
      for (const [parameter, gradient] of gradients) {
        const names = rule.slots.map((slot) => `${slot}/${parameter}`)
        const next = tf.tidy(() => [
          ...rule.update(
            tensorOf(parameters, parameter),
            gradient,
            names.map((slot) => tensorOf(slots, slot)),
            learningRateOf(parameter),
            steps,
          ),
        ])
        const [nextParameter, ...nextSlots] = next
        if (nextParameter !== undefined) replace(parameters, parameter, nextParameter)
        names.forEach((slot, index) => {
          const nextSlot = nextSlots[index]
          if (nextSlot !== undefined) replace(slots, slot, nextSlot)
        })
      }
    },
    steps: () => steps,
    slots: () => slots,
    restore(done, values) {
      steps = done
      for (const [key, tensor] of [...slots]) {
        const data = values.get(key)
        if (data?.length !== tensor.size)
          throw new Error(`There is no state for '${key}' of ${tensor.size} values.`)
        replace(slots, key, tf.tensor(data, tensor.shape, 'float32'))
      }
    },
    dispose() {
      for (const tensor of slots.values()) tensor.dispose()
      slots.clear()
    },
  }
}

function tensorOf(tensors: ReadonlyMap<string, tf.Tensor>, name: string): tf.Tensor {
  const tensor = tensors.get(name)
  if (tensor === undefined) throw new Error(`There is no tensor '${name}'.`)
  return tensor
}
