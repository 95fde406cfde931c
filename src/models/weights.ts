import { AppError } from '../contract/errors.ts'
import { float32Bytes, toFloat32 } from './floats.ts'
import type { SafetensorsTensor } from './safetensors.ts'
import { decodeSafetensors, encodeSafetensors } from './safetensors.ts'
import type { ParameterSpec } from './shapes.ts'
import { elementCount } from './shapes.ts'

/**
 * The parameters of a graph out of a canonical weights file: a safetensors file whose tensors are named `<node>/<role>`. Tensors
 * that no parameter asks for are left alone.
 *
 * @param parameters of the graph, or of the part of it that is wanted
 * @returns for each parameter's name its values, as 32-bit floats
 * @throws AppError 'weights-invalid' where the file is damaged, or a tensor is missing or has another shape
 */
export function readParameters(
  file: Uint8Array,
  parameters: readonly ParameterSpec[],
): Map<string, Float32Array> {
  const { tensors } = decodeSafetensors(file)
  return new Map(parameters.map(({ name, shape }) => [name, toFloat32(tensorOf(tensors, name, shape))]))
}

function tensorOf(
  tensors: ReadonlyMap<string, SafetensorsTensor>,
  name: string,
  shape: readonly number[],
): SafetensorsTensor {
  const tensor = tensors.get(name)
  if (tensor === undefined || tensor.shape.join() !== shape.join()) {
    throw new AppError(
      'weights-invalid',
      `The weights should hold '${name}' of shape [${shape.join(', ')}]; ` +
        `${tensor === undefined ? 'it is missing' : `theirs is [${tensor.shape.join(', ')}]`}. ` +
        'Install the weights of this network again.',
      { tensor: name },
    )
  }
  return tensor
}

/**
 * A canonical weights file in float32, tensors in the order of `parameters`.
 *
 * @throws AppError 'weights-invalid' where values are missing or their number does not fit the shape
 */
export function writeParameters(
  parameters: readonly ParameterSpec[],
  values: ReadonlyMap<string, Float32Array>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const tensors = new Map<string, SafetensorsTensor>()
  for (const { name, shape } of parameters) {
    const data = values.get(name)
    if (data?.length !== elementCount(shape)) {
      throw new AppError(
        'weights-invalid',
        `'${name}' of shape [${shape.join(', ')}] should have ${elementCount(shape)} values; it has ${data?.length ?? 'none'}.`,
        { tensor: name },
      )
    }
    tensors.set(name, { dtype: 'F32', shape, data: float32Bytes(data) })
  }
  return encodeSafetensors(tensors, metadata)
}
