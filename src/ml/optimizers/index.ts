import { isDecayed, type OptimizerName, type OptimizerSettings } from '../../models/training/optimizers.ts'
import { adam, adamw } from './adam.ts'
import type { UpdateRule } from './optimizer.ts'
import { rmsprop } from './rmsprop.ts'
import { sgd } from './sgd.ts'

/** Every optimiser. */
const rules: { readonly [Name in OptimizerName]: UpdateRule } = { sgd, adam, adamw, rmsprop }

/** Changes parameters by their gradients, and holds what it must remember between steps. */
export interface Optimizer {
  /**
   * One step: changes, in place, each of `parameters` that has a gradient.
   *
   * @param learningRateOf the rate for a parameter's name: head and backbone may differ
   */
  readonly apply: (
    parameters: ReadonlyMap<string, Float32Array>,
    gradients: ReadonlyMap<string, Float32Array>,
    learningRateOf: (name: string) => number,
  ) => void
  /** Steps done. */
  readonly steps: () => number
  /** What is remembered, by `<slot>/<parameter>`; the arrays change with the next step. */
  readonly slots: () => ReadonlyMap<string, Float32Array>
  /**
   * Goes on from a checkpoint.
   *
   * @param values as `slots` gave them; they are copied
   */
  readonly restore: (steps: number, values: ReadonlyMap<string, Float32Array>) => void
}

/**
 * An optimiser with all slots zero.
 *
 * @param sizes the number of values of each parameter that is trained, by its name `<node>/<role>`
 */
export function createOptimizer(settings: OptimizerSettings, sizes: ReadonlyMap<string, number>): Optimizer {
  const rule = rules[settings.name]
  const slotNames = rule.slotsOf(settings)
  const slots = new Map<string, Float32Array>()
  for (const [parameter, size] of sizes) {
    for (const slot of slotNames) slots.set(`${slot}/${parameter}`, new Float32Array(size))
  }
  let steps = 0
  return {
    apply(parameters, gradients, learningRateOf) {
      steps += 1
      for (const [parameter, gradient] of gradients) {
        rule.update(
          valuesOf(parameters, parameter),
          gradient,
          slotNames.map((slot) => valuesOf(slots, `${slot}/${parameter}`)),
          {
            ...settings,
            weightDecay: isDecayed(parameter) ? settings.weightDecay : 0,
            learningRate: learningRateOf(parameter),
            step: steps,
          },
        )
      }
    },
    steps: () => steps,
    slots: () => slots,
    restore(done, stored) {
      steps = done
      for (const [key, slot] of slots) {
        const values = valuesOf(stored, key)
        if (values.length !== slot.length) {
          throw new Error(`The state '${key}' should have ${slot.length} values; it has ${values.length}.`)
        }
        slot.set(values)
      }
    },
  }
}

function valuesOf(arrays: ReadonlyMap<string, Float32Array>, name: string): Float32Array {
  const values = arrays.get(name)
  if (values === undefined) throw new Error(`There are no values for '${name}'.`)
  return values
}
