import { AppError } from '../../contract/errors.ts'

/** A number of an augmentation, for forms and for checking what was typed. */
export interface AugmentationParameter {
  readonly default: number
  readonly minimum: number
  readonly maximum: number
  readonly isWhole: boolean
}

const probability: AugmentationParameter = { default: 0.5, minimum: 0, maximum: 1, isWhole: false }
/** Factors are drawn from 1 - strength to 1 + strength. */
const strength: AugmentationParameter = { default: 0.2, minimum: 0, maximum: 1, isWhole: false }

/**
 * Every augmentation: its numbers in the order in which a specification gives them. What they do is in ml/augmentations.
 */
export const augmentationDefinitions = {
  /** Mirrored left to right. */
  flip: { probability },
  /** Mirrored top to bottom. */
  'vertical-flip': { probability },
  /** Padded with black by so many pixels on each side, then cut back to its size at a random place. */
  crop: { padding: { default: 4, minimum: 1, maximum: 512, isWhole: true } },
  /** A random rectangle of at least this share of the area and of sides 3:4 to 4:3, scaled to the whole. */
  'resized-crop': { smallestArea: { default: 0.35, minimum: 0.01, maximum: 1, isWhole: false } },
  /** Turned about its middle by at most so many degrees either way; the corners are black. */
  rotate: { degrees: { default: 15, minimum: 0, maximum: 180, isWhole: false } },
  brightness: { strength },
  contrast: { strength },
  saturation: { strength },
  /** Colours turned by at most this share of the colour circle either way. */
  hue: { turn: { default: 0.05, minimum: 0, maximum: 0.5, isWhole: false } },
  /** Gaussian, of at most this standard deviation in pixels. */
  blur: { sigma: { default: 1.5, minimum: 0.1, maximum: 20, isWhole: false } },
  /** Of this standard deviation, as a share of white. */
  noise: { deviation: { default: 0.05, minimum: 0, maximum: 1, isWhole: false } },
  /** A random rectangle of 2% to a third of the area replaced by noise. */
  erasing: { probability },
  /** So many random operations of one magnitude, one after another. */
  randaugment: {
    operations: { default: 2, minimum: 1, maximum: 14, isWhole: true },
    magnitude: { default: 9, minimum: 0, maximum: 30, isWhole: false },
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, AugmentationParameter>>>>

export type AugmentationName = keyof typeof augmentationDefinitions

/** The names in their order, for lists. */
export const augmentationNames = Object.keys(augmentationDefinitions) as AugmentationName[]

/** The numbers of an augmentation by name. */
export type AugmentationValues<Name extends AugmentationName> = {
  readonly [Parameter in keyof (typeof augmentationDefinitions)[Name]]: number
}

/** One augmentation with all of its numbers. */
export type AugmentationStep = {
  [Name in AugmentationName]: { readonly name: Name; readonly values: AugmentationValues<Name> }
}[AugmentationName]

/** What a specification may hold, for messages: `flip[:probability 0-1], crop[:padding 1-512], …`. */
export const validAugmentations = augmentationNames.map(describe).join(', ')

/**
 * Reads a list of augmentations, applied in its order: names with commas between them, each with its numbers behind colons, such as
 * `flip,crop:4,randaugment:2:9`. Numbers left out are the defaults. Empty, or `none`: no augmentation.
 *
 * @throws AppError 'plan-invalid', which lists what is valid
 */
export function parseAugmentations(specification: string): AugmentationStep[] {
  const text = specification.trim()
  if (text === '' || text === 'none') return []
  const steps = text.split(',').map((part) => parseStep(part.trim(), text))
  const seen = new Set<string>()
  for (const { name } of steps) {
    if (seen.has(name)) throw invalid(text, name, `'${name}' is there twice`)
    seen.add(name)
  }
  return steps
}

/** The specification with every number written out: equal texts exactly where the augmentations are equal. */
export function formatAugmentations(steps: readonly AugmentationStep[]): string {
  return steps.map(({ name, values }) => [name, ...Object.values(values)].join(':')).join(',')
}

function parseStep(token: string, specification: string): AugmentationStep {
  const [name = '', ...numbers] = token.split(':').map((part) => part.trim())
  if (!isName(name)) throw invalid(specification, token, `'${name}' is no augmentation`)
  const parameters: [string, AugmentationParameter][] = Object.entries(augmentationDefinitions[name])
  if (numbers.length > parameters.length) {
    throw invalid(
      specification,
      token,
      `'${token}' has ${numbers.length} numbers; ${name} takes at most ${parameters.length}`,
    )
  }
  const values = parameters.map(([parameter, definition], index): [string, number] => {
    const written = numbers[index]
    if (written === undefined) return [parameter, definition.default]
    const value = written === '' ? NaN : Number(written)
    const { minimum, maximum, isWhole } = definition
    if (!(value >= minimum && value <= maximum) || (isWhole && !Number.isInteger(value))) {
      const kind = isWhole ? 'a whole number' : 'a number'
      throw invalid(
        specification,
        token,
        `${parameter} of ${name} should be ${kind} from ${minimum} to ${maximum}; it is '${written}'`,
      )
    }
    return [parameter, value]
  })
  return { name, values: Object.fromEntries(values) } as AugmentationStep
}

function isName(name: string): name is AugmentationName {
  return Object.hasOwn(augmentationDefinitions, name)
}

function describe(name: AugmentationName): string {
  const parameters: [string, AugmentationParameter][] = Object.entries(augmentationDefinitions[name])
  return (
    name +
    parameters.map(([parameter, { minimum, maximum }]) => `[:${parameter} ${minimum}-${maximum}]`).join('')
  )
}

function invalid(specification: string, token: string, problem: string): AppError {
  return new AppError(
    'plan-invalid',
    `The augmentations '${specification}' cannot be used: ${problem}. Expected, with commas between them: ${validAugmentations}; or none.`,
    { augment: specification, token, valid: augmentationNames },
  )
}
