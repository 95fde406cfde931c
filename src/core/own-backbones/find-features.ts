import { AppError } from '../../contract/errors.ts'
import type { LayerCall, LayersModel } from './layers-model.ts'
import { modelUnsupported } from './model-unsupported.ts'

/** A model without its head. */
export interface ModelFeatures {
  /** The call whose value is the features. */
  readonly features: string
  /** What it depends on, and itself, in the model's order. */
  readonly calls: readonly LayerCall[]
  /** Names of all other calls. */
  readonly leftOut: readonly string[]
}

/** What may stand behind the last dense layer of a classifier. */
const behindDense: ReadonlySet<string> = new Set(['Activation', 'Softmax', 'Dropout', 'Reshape'])

const means: ReadonlySet<string> = new Set(['GlobalAveragePooling2D', 'GlobalAvgPool2D'])

/**
 * Takes the head off: the features are what the last dense layer takes, where the model ends in one (or in a convolution of one pixel on
 * the mean of a map, which is the same), without a dropout before it; else what the model gives.
 *
 * @param wanted the layer whose value the features are, in place of that
 * @throws AppError 'layer-not-found' where there is no such layer, 'model-unsupported' where the model gives several values and none is named
 */
export function findFeatures(model: LayersModel, wanted?: string): ModelFeatures {
  const byName = new Map(model.calls.map((call) => [call.name, call]))
  const features = wanted === undefined ? defaultFeatures(model, byName) : wanted
  if (!byName.has(features)) {
    const layers = [...byName.keys()]
    throw new AppError(
      'layer-not-found',
      `'${features}' is not a layer of the model; choose one of: ${layers.join(', ')}.`,
      { layer: features, layers },
    )
  }
  const needed = new Set<string>()
  const open = [features]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (needed.has(next)) continue
    needed.add(next)
    open.push(...(byName.get(next)?.inputs ?? []))
  }
  return {
    features,
    calls: model.calls.filter(({ name }) => needed.has(name)),
    leftOut: model.calls.flatMap(({ name }) => (needed.has(name) ? [] : [name])),
  }
}

function defaultFeatures({ outputs }: LayersModel, byName: ReadonlyMap<string, LayerCall>): string {
  const [output, ...others] = outputs
  if (output === undefined || others.length > 0) {
    throw modelUnsupported(
      `It should give one value, and gives ${outputs.length} (${outputs.join(', ')}). Name the layer whose value the features are (--feature-layer NAME).`,
      { outputs: [...outputs] },
    )
  }
  const before = (name: string, passed: ReadonlySet<string>): LayerCall | undefined => {
    let call = byName.get(name)
    while (call && passed.has(call.className)) call = byName.get(call.inputs[0] ?? '')
    return call
  }
  const last = before(output, behindDense)
  const input = last?.inputs[0] ?? ''
  if (last?.className === 'Dense') return before(input, new Set(['Dropout']))?.name ?? output
  const mean = before(input, new Set(['Dropout', 'Reshape']))
  const isDense = last?.className === 'Conv2D' && mean !== undefined && means.has(mean.className)
  return isDense ? mean.name : output
}
