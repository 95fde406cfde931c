import type { TrainPlan } from '../../contract/train-plan.ts'
import { AppError, type ErrorDetails } from '../../contract/errors.ts'
import { parseHead } from '../../models/heads/parse-head.ts'
import { parseAugmentations } from '../../models/training/augmentations.ts'
import { schedules } from '../../models/training/schedules.ts'

/**
 * What of a plan's settings does not fit together, whatever the backbone.
 *
 * @throws AppError 'plan-invalid' with `setting`, the name of the one to change, listing what is valid
 */
export function checkSettings(plan: TrainPlan): void {
  named('augment', () => parseAugmentations(plan.augment))
  named('head', () => parseHead(plan.head))
  checkOptimizer(plan)
  checkSchedule(plan)
  checkPhases(plan)
}

/** Adds the setting's name to what its reader throws. */
function named(setting: string, read: () => unknown): void {
  try {
    read()
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    throw new AppError(error.code, error.message, { ...error.details, setting })
  }
}

function checkOptimizer({ optimizer, momentum, nesterov }: TrainPlan): void {
  if (momentum !== undefined && optimizer !== 'sgd' && optimizer !== 'rmsprop') {
    throw invalid(
      'momentum',
      `Only the optimisers sgd and rmsprop have a momentum; this is ${optimizer}. Leave it out, or choose one of them.`,
    )
  }
  if (!nesterov) return
  if (optimizer !== 'sgd') {
    throw invalid(
      'nesterov',
      `Nesterov's momentum is for the optimiser sgd; this is ${optimizer}. Leave it out, or choose sgd.`,
    )
  }
  if (momentum === 0) throw invalid('nesterov', "Nesterov's momentum needs a momentum above 0; it was 0.")
}

function checkSchedule({ schedule, scheduleParameters, warmUpEpochs, epochs, phases }: TrainPlan): void {
  const parameters: Readonly<Record<string, number>> = { ...schedules[schedule].parameters }
  const names = Object.keys(parameters)
  const unknown = Object.keys(scheduleParameters).find((name) => !names.includes(name))
  if (unknown !== undefined) {
    const valid =
      names.length === 0
        ? 'it has none'
        : `it has ${names.map((name) => `${name} (${parameters[name]})`).join(', ')}`
    throw invalid('scheduleParameters', `The schedule ${schedule} has no parameter '${unknown}'; ${valid}.`, {
      names,
    })
  }
  for (const [name, value] of Object.entries(scheduleParameters)) {
    if (Number.isFinite(value) && (value > 0 || (value === 0 && parameters[name] === 0))) continue
    throw invalid(
      'scheduleParameters',
      `The parameter '${name}' of ${schedule} should be a number above 0; it was ${value}.`,
    )
  }
  if (schedule === 'one-cycle' && (scheduleParameters.warmUp ?? 0) >= 1) {
    throw invalid(
      'scheduleParameters',
      `warmUp of one-cycle is a share below 1; it was ${scheduleParameters.warmUp}.`,
    )
  }
  const shortest = Math.min(epochs, ...phases.map((phase) => phase.epochs))
  if (warmUpEpochs > shortest) {
    throw invalid(
      'warmUpEpochs',
      `The warm-up should be no longer than ${phases.length > 0 ? 'the shortest phase' : 'the training'}, ${shortest} epochs; it was ${warmUpEpochs}.`,
    )
  }
}

function checkPhases({ phases, epochs, freeze }: TrainPlan): void {
  if (phases.length === 0) return
  const sum = phases.reduce((total, phase) => total + phase.epochs, 0)
  if (sum !== epochs) {
    throw invalid(
      'phases',
      `The phases should have ${epochs} epochs together, as the plan has; they have ${sum}.`,
      { epochs, sum },
    )
  }
  if (freeze !== undefined) {
    throw invalid(
      'phases',
      'Phases say themselves which layers are frozen: leave out what is frozen for the whole plan.',
    )
  }
}

function invalid(setting: string, message: string, details: ErrorDetails = {}): AppError {
  return new AppError('plan-invalid', message, { ...details, setting })
}
