import { damaged, unsafe } from './weights-file.ts'

const deepest = 64

/**
 * Parses a model's configuration as Keras and TensorFlow.js write it (`config.json`, the attribute `model_config`, `modelTopology`).
 *
 * @throws AppError 'weights-invalid' where it is not JSON, 'weights-unsafe' where a layer of it is code
 */
export function parseKerasConfig(text: string): unknown {
  let config: unknown
  try {
    config = JSON.parse(text)
  } catch (error) {
    throw damaged(
      'Keras',
      `its configuration should be JSON (${error instanceof Error ? error.message : ''})`,
    )
  }
  refuseCode(config, 0)
  return config
}

/**
 * Refuses a configuration with a layer whose work is code in the file.
 *
 * @throws AppError 'weights-unsafe', naming the layer
 */
export function refuseCode(value: unknown, depth = 0): void {
  if (typeof value !== 'object' || value === null) return
  if (depth > deepest) throw damaged('Keras', `its configuration is nested more than ${deepest} levels deep`)
  if (!Array.isArray(value)) {
    const { class_name: className } = value as Record<string, unknown>
    if (className === 'Lambda' || className === '__lambda__') {
      const name = layerName(value)
      throw unsafe(
        'Lambda',
        `A file of weights should hold data only; its layer '${name}' is a Lambda, which is a program. Save the model without that layer, or its weights alone (model.save_weights).`,
        { layer: name },
      )
    }
  }
  for (const part of Object.values(value)) refuseCode(part, depth + 1)
}

function layerName(value: object): string {
  const { name, config } = value as { name?: unknown; config?: { name?: unknown } | null }
  return String(name ?? config?.name ?? 'lambda')
}

/**
 * The names of layers by their group in a Keras 3 weights file, which are numbered by class: `layers/conv2d_1` to `block1_conv2`.
 * Groups of models within the model are joined by `/`.
 */
export function layerNamesByGroup(config: unknown): Map<string, string> {
  const names = new Map<string, string>()
  addNames(config, '', names, 0)
  return names
}

function addNames(model: unknown, prefix: string, names: Map<string, string>, depth: number): void {
  const layers = (model as { config?: { layers?: unknown } } | null)?.config?.layers
  if (!Array.isArray(layers) || depth > deepest) return
  const used = new Map<string, number>()
  for (const layer of layers as unknown[]) {
    const { class_name: className, config } = (layer ?? {}) as {
      class_name?: unknown
      config?: { name?: unknown }
    }
    if (typeof className !== 'string') continue
    const base = toSnakeCase(className)
    const count = used.get(base)
    used.set(base, (count ?? -1) + 1)
    const group = prefix + (count === undefined ? base : `${base}_${count + 1}`)
    if (typeof config?.name === 'string') names.set(group, config.name)
    addNames(layer, `${group}/`, names, depth + 1)
  }
}

/** As Keras does. @see keras/src/utils/naming.py */
function toSnakeCase(name: string): string {
  return name
    .replace(/\W+/g, '')
    .replace(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase()
}
