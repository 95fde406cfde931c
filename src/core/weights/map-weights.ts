import { AppError } from '../../contract/errors.ts'
import type { Backbone, Convention } from '../../models/backbone.ts'
import type { ParameterSpec } from '../../models/shapes.ts'
import { expectedTensors, type ExpectedTensor } from './foreign-names.ts'
import { foreignShape, sourceAxes, type SourceAxis } from './source-axes.ts'
import type { ForeignTensor, WeightsFile } from './weights-file.ts'

/** A parameter of ours and where its values come from. */
export interface MappedParameter {
  readonly parameter: ParameterSpec
  readonly source: number | { readonly tensor: ForeignTensor; readonly axes: readonly SourceAxis[] }
}

/** A file's tensors as a backbone's parameters. */
export interface MappedWeights {
  readonly convention: Convention
  /** Up to the feature layer, in graph order. */
  readonly features: readonly MappedParameter[]
  /** The published classifier, where the file has it whole; else null. */
  readonly classifier: readonly MappedParameter[] | null
  /** Names of tensors that no parameter takes: of a head, of an auxiliary classifier. */
  readonly dropped: readonly string[]
}

interface PlacedParameter extends MappedParameter {
  readonly isClassifier: boolean
}

/** How a file fits a backbone under one convention. */
interface Fit {
  readonly convention: Convention
  readonly found: number
  readonly mapped: readonly PlacedParameter[]
  readonly hasClassifier: boolean
  readonly missing: readonly string[]
  readonly misshapen: readonly string[]
  readonly unexpected: readonly string[]
  readonly dropped: readonly string[]
}

/** So many names are told of each kind of difference. */
const namedDifferences = 100
const shownDifferences = 3

/**
 * Finds every parameter of a backbone in a file, by the convention that its names fit best. A head of any size is left out.
 *
 * @param others backbones to look among where the file is not of this one
 * @throws AppError 'weights-mismatch', which tells what is missing, of another shape, or of no layer
 */
export function mapWeights(
  file: Pick<WeightsFile, 'tensors'>,
  backbone: Backbone,
  others: readonly Backbone[] = [],
): MappedWeights {
  const fit = bestFit(file.tensors, backbone)
  if (fit === null || !isWhole(fit)) throw mismatch(file.tensors, backbone, fit, others)
  const withoutFlag = ({ parameter, source }: MappedParameter): MappedParameter => ({ parameter, source })
  return {
    convention: fit.convention,
    features: fit.mapped.filter(({ isClassifier }) => !isClassifier).map(withoutFlag),
    classifier: fit.hasClassifier
      ? fit.mapped.filter(({ isClassifier }) => isClassifier).map(withoutFlag)
      : null,
    dropped: fit.dropped,
  }
}

/** A backbone that a file of weights fits, and as whose. */
export interface FittingBackbone {
  readonly id: string
  readonly convention: Convention
  /** Whether the published classifier is in the file. */
  readonly hasClassifier: boolean
}

/** The backbones that a file has every tensor of, and no other but a head's. */
export function fittingBackbones(
  tensors: readonly ForeignTensor[],
  backbones: readonly Backbone[],
): FittingBackbone[] {
  return backbones.flatMap((backbone) => {
    const fit = bestFit(tensors, backbone)
    if (fit === null || !isWhole(fit)) return []
    return [{ id: backbone.meta.id, convention: fit.convention, hasClassifier: fit.hasClassifier }]
  })
}

function isWhole({ missing, misshapen, unexpected }: Fit): boolean {
  return missing.length + misshapen.length + unexpected.length === 0
}

/** Null where not one tensor has a name of the backbone's. */
function bestFit(tensors: readonly ForeignTensor[], backbone: Backbone): Fit | null {
  const byLayers = tensors.some(({ layers }) => layers !== undefined)
  const conventions = (Object.keys(backbone.foreignNames ?? {}) as Convention[]).filter(
    (convention) => (convention === 'keras') === byLayers,
  )
  const fits = conventions
    .map((convention) => fitUnder(tensors, backbone, convention))
    .filter(({ found }) => found > 0)
  return fits.sort((a, b) => b.found - a.found)[0] ?? null
}

function fitUnder(tensors: readonly ForeignTensor[], backbone: Backbone, convention: Convention): Fit {
  const expected = expectedTensors(backbone, convention)
  const today = backbone.formerNames?.[convention] ?? ((name: string) => name)
  const find = (convention === 'keras' ? findByLayer : findByPath)(tensors, expected, today)
  const taken = new Set<ForeignTensor>()
  const missing: string[] = []
  const misshapen: string[] = []
  let classifierIsWhole = expected.some(({ isClassifier }) => isClassifier)
  const mapped = expected.flatMap((wanted): PlacedParameter[] => {
    const { parameter, isClassifier, constant } = wanted
    if (constant !== undefined) return [{ parameter, isClassifier, source: constant }]
    const tensor = find(wanted)
    if (tensor === undefined) {
      if (isClassifier) classifierIsWhole = false
      else missing.push(nameOf(wanted, convention))
      return []
    }
    taken.add(tensor)
    const axes = sourceAxes(backbone, convention, parameter, tensor)
    if (axes === null) {
      if (isClassifier) classifierIsWhole = false
      else
        misshapen.push(
          `${tensor.name} [${tensor.shape.join(', ')}] for [${foreignShape(convention, parameter).join(', ')}]`,
        )
      return []
    }
    return [{ parameter, isClassifier, source: { tensor, axes } }]
  })
  const rest = tensors.filter((tensor) => !taken.has(tensor) && !isCounter(tensor))
  const isExpendable = expendable(rest, expected, backbone, convention)
  return {
    convention,
    found:
      mapped.length - expected.filter(({ constant }) => constant !== undefined).length + misshapen.length,
    mapped,
    hasClassifier: classifierIsWhole,
    missing,
    misshapen,
    unexpected: rest.filter((tensor) => !isExpendable(tensor)).map(({ name }) => name),
    dropped: [
      ...rest.filter(isExpendable).map(({ name }) => name),
      ...(classifierIsWhole
        ? []
        : [...taken].filter((tensor) => isOfClassifier(tensor, mapped)).map(({ name }) => name)),
    ],
  }
}

function isOfClassifier(tensor: ForeignTensor, mapped: readonly PlacedParameter[]): boolean {
  const user = mapped.find(({ source }) => typeof source === 'object' && source.tensor === tensor)
  return user === undefined || user.isClassifier
}

function nameOf({ layer, weights }: ExpectedTensor, convention: Convention): string {
  return `${layer}${convention === 'keras' ? '/' : '.'}${weights[0] ?? ''}`
}

type Find = (wanted: ExpectedTensor) => ForeignTensor | undefined

/** PyTorch's names: one path with dots, perhaps behind the name of a wrapper (`module.`). */
function findByPath(
  tensors: readonly ForeignTensor[],
  expected: readonly ExpectedTensor[],
  today: (name: string) => string,
): Find {
  const wanted = new Set(expected.map((tensor) => nameOf(tensor, 'torch')))
  const byName = new Map(tensors.map((tensor) => [today(tensor.name), tensor]))
  const prefix = [...byName.keys()].some((name) => wanted.has(name)) ? '' : wrapperOf([...byName.keys()])
  return (tensor) => byName.get(prefix + nameOf(tensor, 'torch'))
}

/** The first part of the names where all have the same, with its dot. */
function wrapperOf(names: readonly string[]): string {
  const first = /^[^.]+\./.exec(names[0] ?? '')?.[0] ?? ''
  return names.every((name) => name.startsWith(first)) ? first : ''
}

/** Keras's names: a layer's and, within it, a tensor's own or its number. */
function findByLayer(
  tensors: readonly ForeignTensor[],
  expected: readonly ExpectedTensor[],
  today: (name: string) => string,
): Find {
  const wanted = new Set(expected.map(({ layer }) => layer))
  const recount = recountLayers(tensors, wanted)
  const byName = new Map<string, ForeignTensor>()
  for (const tensor of tensors) {
    const candidates = (tensor.layers ?? []).map((layer) => today(`${recount(layer)}/${tensor.weight}`))
    const name = candidates.find((candidate) => wanted.has(candidate.slice(0, candidate.lastIndexOf('/'))))
    if (name !== undefined && !byName.has(name)) byName.set(name, tensor)
  }
  return ({ layer, weights, position }) =>
    [...weights, String(position)].map((weight) => byName.get(`${layer}/${weight}`)).find(Boolean)
}

/**
 * Keras numbers layers without a name of their own from 0, over all models of a program: a file may begin at any number.
 *
 * @returns a layer's name as it would be in a program's first model
 */
function recountLayers(
  tensors: readonly ForeignTensor[],
  wanted: ReadonlySet<string>,
): (layer: string) => string {
  const split = (layer: string): { base: string; count: number } => {
    const [, base, count] = /^(.*)_(\d+)$/.exec(layer) ?? []
    return base === undefined ? { base: layer, count: 0 } : { base, count: Number(count) }
  }
  const counted = new Set(
    [...wanted]
      .map((layer) => split(layer).base)
      .filter((base) => wanted.has(base) && wanted.has(`${base}_1`)),
  )
  const first = new Map<string, number>()
  for (const { layers } of tensors) {
    const { base, count } = split(layers?.[0] ?? '')
    if (counted.has(base)) first.set(base, Math.min(first.get(base) ?? Infinity, count))
  }
  return (layer) => {
    const { base, count } = split(layer)
    const start = first.get(base)
    if (start === undefined) return layer
    return count === start ? base : `${base}_${count - start}`
  }
}

/** A normalization's number of batches, or the state of a generator of random numbers: nothing that a layer computes with. */
function isCounter({ name, dtype }: ForeignTensor): boolean {
  if (name.endsWith('.num_batches_tracked')) return true
  return /^[UI]/.test(dtype) && /seed_generator(?:_state(?::\d+)?|\/vars\/\d+)$/.test(name)
}

/** Where heads are, by the first part of their tensors' names. */
const headNames = /^_?(fc|classifier|head|heads|last_linear|linear|logits|output|predictions|top)\d*$/

/** Whether a tensor that no parameter takes is no sign of a wrong file: of a head, or of training. */
function expendable(
  rest: readonly ForeignTensor[],
  expected: readonly ExpectedTensor[],
  backbone: Backbone,
  convention: Convention,
): (tensor: ForeignTensor) => boolean {
  const trainingOnly = backbone.trainingOnly?.[convention]
  if (convention === 'keras') {
    const flat = new Map<string, boolean>()
    for (const { layers, shape } of rest) {
      const layer = layers?.[0] ?? ''
      flat.set(layer, (flat.get(layer) ?? true) && shape.length <= 2)
    }
    const ours = new Set(expected.filter(({ isClassifier }) => !isClassifier).map(({ layer }) => layer))
    return ({ layers, weight }) => {
      const layer = layers?.[0] ?? ''
      if (trainingOnly?.test(`${layer}/${weight}`)) return true
      return flat.get(layer) === true && !ours.has(layer)
    }
  }
  const classifierLayers = expected.filter(({ isClassifier }) => isClassifier).map(({ layer }) => layer)
  const partsOf = (name: string): string => name.slice(0, name.indexOf('.') + 1)
  const ours = new Set(
    expected.filter(({ isClassifier }) => !isClassifier).map(({ layer }) => partsOf(`${layer}.`)),
  )
  return ({ name: full }) => {
    const name = full.replace(/^(?:module|model|backbone)\./, '')
    if (trainingOnly?.test(name)) return true
    if (classifierLayers.some((layer) => name.startsWith(`${layer}.`))) return true
    const container = partsOf(name)
    if (ours.has(container)) return false
    return (
      headNames.test(container.slice(0, -1)) || classifierLayers.some((layer) => layer.startsWith(container))
    )
  }
}

function mismatch(
  tensors: readonly ForeignTensor[],
  backbone: Backbone,
  fit: Fit | null,
  others: readonly Backbone[],
): AppError {
  const { id } = backbone.meta
  const alike = fittingBackbones(
    tensors,
    others.filter(({ meta }) => meta.id !== id),
  ).map((other) => other.id)
  const advice =
    alike.length > 0
      ? `They fit ${alike.join(', ')}: add the file as that.`
      : 'Choose the backbone that they belong to, or another file.'
  if (fit === null) {
    const known = Object.keys(backbone.foreignNames ?? {}).join(', ') || 'none'
    const shown = tensors.slice(0, shownDifferences).map(({ name }) => `'${name}'`)
    return new AppError(
      'weights-mismatch',
      `Weights of ${id} are expected, with layers named as by ${known}; none of the file's ${tensors.length} tensors (${shown.join(', ')} …) has such a name. ${advice}`,
      {
        backbone: id,
        missing: [],
        misshapen: [],
        unexpected: tensors.slice(0, namedDifferences).map(({ name }) => name),
        alike,
      },
    )
  }
  const { missing, misshapen, unexpected } = fit
  const parts = [
    describe(missing, 'missing'),
    describe(misshapen, 'of another shape'),
    describe(unexpected, 'of no layer'),
  ].filter((part) => part !== null)
  return new AppError(
    'weights-mismatch',
    `Weights of ${id} are expected; of the file's ${tensors.length} tensors ${fit.found} are of its layers, but ${parts.join('; ')}. ${advice}`,
    {
      backbone: id,
      missing: missing.slice(0, namedDifferences),
      misshapen: misshapen.slice(0, namedDifferences),
      unexpected: unexpected.slice(0, namedDifferences),
      alike,
    },
  )
}

function describe(names: readonly string[], what: string): string | null {
  if (names.length === 0) return null
  const more = names.length > shownDifferences ? ' …' : ''
  return `${names.length} are ${what} (${names.slice(0, shownDifferences).join(', ')}${more})`
}
