import { layerNamesByGroup, parseKerasConfig } from './keras-config.ts'
import { openHdf5, type Hdf5Dataset, type Hdf5Group } from './hdf5-file.ts'
import { openRandomAccess, type RandomAccess } from './random-access.ts'
import {
  damaged,
  largestTensorCount,
  type ForeignTensor,
  type WeightsFile,
  type WeightsFormat,
} from './weights-file.ts'

const signature = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a]
/** Where HDF5 may begin behind something else. @see HDF5 File Format Specification, II.A */
const signaturePlaces = [0, 512, 1024, 2048]

/** Keras in HDF5: weights alone or a whole model, as Keras 1 and 2 laid it out and as Keras 3 does (`.weights.h5`). */
export const kerasH5Format: WeightsFormat = {
  id: 'keras-h5',
  endings: ['.h5', '.hdf5'],
  matches: ({ bytes }) =>
    signaturePlaces.some((place) => signature.every((byte, index) => bytes[place + index] === byte)),
  open: async (path) => openKerasH5(openRandomAccess(path)),
}

/**
 * Closing it closes `access`.
 *
 * @param config of the model, where it is not in the file itself
 * @throws AppError 'weights-invalid', 'weights-unsafe'
 */
export async function openKerasH5(access: RandomAccess, config: unknown = null): Promise<WeightsFile> {
  const file = await openHdf5(access)
  try {
    const tensors = tensorsOf(file.root, config)
    if (tensors.length > largestTensorCount) {
      throw damaged(
        'Keras',
        `it should have at most ${largestTensorCount} tensors, and has ${tensors.length}`,
      )
    }
    return { format: 'keras-h5', tensors, close: file.close }
  } catch (error) {
    file.close()
    throw error
  }
}

function tensorsOf(root: Hdf5Group, config: unknown): ForeignTensor[] {
  const text = root.attribute('model_config')
  if (text !== null) parseKerasConfig(text)
  const wholeModel = root.groups.get('model_weights')
  if (wholeModel) return classicTensors(wholeModel)
  if (hasVariables(root)) return numberedTensors(root, layerNamesByGroup(config))
  return classicTensors(root)
}

function hasVariables(group: Hdf5Group): boolean {
  return [...group.groups].some(([name, child]) => name === 'vars' || hasVariables(child))
}

/**
 * A group for each layer, in which a tensor has its own name, below the layer's again: `conv1/conv1/kernel:0`. A model within a model is a
 * group whose layers have groups of their own. What belongs to an optimizer has a group beside the model's.
 */
function classicTensors(root: Hdf5Group): ForeignTensor[] {
  return [...datasetsOf(root, [])].flatMap(({ groups, name, dataset }) =>
    groups[0] === 'optimizer_weights' || groups.length === 0
      ? []
      : [foreignTensor(dataset, groups.toReversed(), classicWeight(name))],
  )
}

const firstKerasNames: Readonly<Record<string, string>> = {
  W: 'kernel',
  b: 'bias',
  running_mean: 'moving_mean',
  running_std: 'moving_variance',
}

/** `kernel:0` is Keras 2's; Keras 1 had `block1_conv1_W_1:0`. */
function classicWeight(name: string): string {
  const bare = name.replace(/:\d+$/, '')
  const first = /_(W|b|gamma|beta|running_mean|running_std)(?:_\d+)?$/.exec(bare)?.[1]
  return first === undefined ? bare : (firstKerasNames[first] ?? first)
}

/**
 * A group for each layer, numbered by class, with a group `vars` in which tensors are numbered: `layers/conv2d_3/vars/0`. The layer's name
 * is an attribute, or the model's configuration tells it.
 */
function numberedTensors(root: Hdf5Group, names: ReadonlyMap<string, string>): ForeignTensor[] {
  return [...datasetsOf(root, [])].flatMap(({ groups, name, dataset }) => {
    if (groups[0] === 'optimizer' || groups.at(-1) !== 'vars' || !/^\d+$/.test(name)) return []
    // The containers' own names (`layers`) are between the layers' groups.
    const layerGroups = groups.slice(0, -1).filter((_group, index) => index % 2 === 1)
    const layer = attributeOf(root, groups, 'name') ?? names.get(layerGroups.join('/'))
    if (layer === undefined) {
      // The state of a generator of random numbers has no layer of its own.
      if (!/^B?F/.test(dataset.dtype)) return []
      throw damaged(
        'Keras',
        `it does not name its layers ('${groups.slice(0, -1).join('/')}'), as Keras did not before 3.9. Save the whole model (model.save) as .keras or .h5`,
      )
    }
    return [foreignTensor(dataset, [layer], Number(name))]
  })
}

function attributeOf(root: Hdf5Group, path: readonly string[], name: string): string | undefined {
  let group: Hdf5Group | undefined = root
  for (const part of path) group = group?.groups.get(part)
  return group?.attribute(name) ?? undefined
}

function* datasetsOf(
  group: Hdf5Group,
  groups: readonly string[],
): Iterable<{ groups: readonly string[]; name: string; dataset: Hdf5Dataset }> {
  for (const [name, dataset] of group.datasets) yield { groups, name, dataset }
  for (const [name, child] of group.groups) yield* datasetsOf(child, [...groups, name])
}

function foreignTensor(
  { path, dtype, shape, read }: Hdf5Dataset,
  layers: readonly string[],
  weight: string | number,
): ForeignTensor {
  return { name: path.slice(1), layers, weight, dtype, shape, read }
}
