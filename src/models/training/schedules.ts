import type { scheduleNames, TrainPlan } from '../../contract/train-plan.ts'

/** The name of a schedule. */
export type ScheduleName = (typeof scheduleNames)[number]

/** Where a training stands, for the rate of the step that comes next. */
export interface SchedulePosition {
  /** Steps of the optimiser done in the phase (the whole run, where there is only one). */
  readonly step: number
  readonly stepsPerEpoch: number
  /** Of the phase. */
  readonly totalSteps: number
  /** Validation losses of the epochs done (training losses where there is no validation split), of the phase, oldest first; read by 'plateau'. */
  readonly losses: readonly number[]
}

/**
 * One row of the table of schedules: a pure function of the position, so a resumed run goes on with the rate it would have had. The numbers
 * it needs are its `parameters`.
 */
interface Schedule<Parameters> {
  readonly parameters: Parameters
  /** A factor on the learning rate, above 0 and at most 1. */
  readonly factorAt: (position: SchedulePosition, parameters: Parameters) => number
}

/** Fills in the type of a schedule's parameters. */
function define<Parameters>(schedule: Schedule<Parameters>): Schedule<Parameters> {
  return schedule
}

/** Every schedule. */
export const schedules = {
  constant: define({ parameters: {}, factorAt: () => 1 }),

  /** Half a cosine from 1 to `finalFactor`. @see https://arxiv.org/abs/1608.03983 */
  cosine: define({
    parameters: { finalFactor: 0 },
    factorAt: ({ step, totalSteps }, { finalFactor }) => anneal(1, finalFactor, step / totalSteps),
  }),

  /** Times `factor` after each of `steps` equal parts of the run but the last. */
  step: define({
    parameters: { steps: 3, factor: 0.1 },
    factorAt: ({ step, totalSteps }, { steps, factor }) =>
      factor ** Math.min(Math.floor((step * steps) / totalSteps), steps - 1),
  }),

  /**
   * Up from 1 / `initialDivisor` in the first `warmUp` of the run, then down to that divided by `finalDivisor`, both along a cosine.
   *
   * @see https://arxiv.org/abs/1708.07120, and for the defaults PyTorch's OneCycleLR
   */
  'one-cycle': define({
    parameters: { warmUp: 0.3, initialDivisor: 25, finalDivisor: 1e4 },
    factorAt: ({ step, totalSteps }, { warmUp, initialDivisor, finalDivisor }) => {
      const initial = 1 / initialDivisor
      const peak = warmUp * totalSteps
      if (step < peak) return anneal(initial, 1, step / peak)
      return anneal(1, initial / finalDivisor, (step - peak) / (totalSteps - peak))
    },
  }),

  /** Times `factor` after each epoch. */
  exponential: define({
    parameters: { factor: 0.95 },
    factorAt: ({ step, stepsPerEpoch }, { factor }) => factor ** Math.floor(step / stepsPerEpoch),
  }),

  /**
   * Times `factor` whenever the loss was not better than its best by the share `threshold` for more than `patience` epochs.
   *
   * @see PyTorch's ReduceLROnPlateau
   */
  plateau: define({
    parameters: { factor: 0.1, patience: 2, threshold: 1e-4, smallestFactor: 1e-4 },
    factorAt: ({ losses }, { factor, patience, threshold, smallestFactor }) => {
      let best = Infinity
      let badEpochs = 0
      let current = 1
      for (const loss of losses) {
        if (loss < best - Math.abs(best === Infinity ? 0 : best) * threshold) {
          best = loss
          badEpochs = 0
        } else {
          badEpochs += 1
        }
        if (badEpochs > patience) {
          current = Math.max(current * factor, smallestFactor)
          badEpochs = 0
        }
      }
      return current
    },
  }),
} satisfies {
  readonly [Name in ScheduleName]: {
    readonly parameters: object
    readonly factorAt: (position: SchedulePosition, parameters: never) => number
  }
}

/** From `start` at 0 to `end` at 1 along half a cosine; it stays at `end`. */
function anneal(start: number, end: number, share: number): number {
  return end + ((start - end) * (1 + Math.cos(Math.PI * Math.min(share, 1)))) / 2
}

/** What a plan decides of its rates over time. */
export type ScheduleSettings = Pick<TrainPlan, 'schedule' | 'scheduleParameters' | 'warmUpEpochs'>

/**
 * The learning rate of the step that comes next: the schedule's, in the warm-up times the share of it that is done.
 *
 * @param learningRate the rate of the plan, which is the highest a schedule reaches
 */
export function learningRateAt(
  settings: ScheduleSettings,
  learningRate: number,
  position: SchedulePosition,
): number {
  const warmUpSteps = settings.warmUpEpochs * position.stepsPerEpoch
  const warmUp = position.step < warmUpSteps ? Math.min(1, (position.step + 1) / warmUpSteps) : 1
  return learningRate * warmUp * factorOf(settings, position)
}

function factorOf({ schedule, scheduleParameters }: ScheduleSettings, position: SchedulePosition): number {
  const { factorAt, parameters } = schedules[schedule] as unknown as Schedule<object>
  return factorAt(position, { ...parameters, ...scheduleParameters })
}
