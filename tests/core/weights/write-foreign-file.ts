import { writeFileSync } from 'node:fs'
import { foreignShape } from '../../../src/core/weights/source-axes.ts'
import { expectedTensors } from '../../../src/core/weights/foreign-names.ts'
import { findBackbone } from '../../../src/models/catalog.ts'
import { encodeSafetensors, type SafetensorsTensor } from '../../../src/models/safetensors.ts'
import { elementCount } from '../../../src/models/shapes.ts'

/** A safetensors file as PyTorch's users have it: torchvision's names and layouts, every value the same. */
export function writeTorchSafetensors(
  path: string,
  backbone: string,
  value = 0.01,
  change: (tensors: Map<string, SafetensorsTensor>) => void = () => {},
): void {
  const tensors = new Map<string, SafetensorsTensor>()
  for (const { parameter, layer, weights } of expectedTensors(findBackbone(backbone), 'torch')) {
    const shape = foreignShape('torch', parameter)
    const data = new Uint8Array(new Float32Array(elementCount(shape)).fill(value).buffer)
    tensors.set(`${layer}.${weights[0]}`, { dtype: 'F32', shape, data })
  }
  change(tensors)
  writeFileSync(path, encodeSafetensors(tensors))
}
