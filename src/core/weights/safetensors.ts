import { parseSafetensorsHeader, safetensorsHeaderEnd } from '../../models/safetensors.ts'
import { openRandomAccess } from './random-access.ts'
import {
  damaged,
  largestTensorCount,
  largestTextBytes,
  type ForeignTensor,
  type WeightsFormat,
} from './weights-file.ts'

const lengthBytes = 8
const openingBrace = 0x7b

/** safetensors: a JSON header with types, shapes and places, then the values. @see https://github.com/huggingface/safetensors#format */
export const safetensorsFormat: WeightsFormat = {
  id: 'safetensors',
  endings: ['.safetensors'],
  matches: ({ bytes }) => bytes[lengthBytes] === openingBrace && bytes[6] === 0 && bytes[7] === 0,
  open(path) {
    const file = openRandomAccess(path)
    try {
      const end = safetensorsHeaderEnd(file.read(0, Math.min(lengthBytes, file.size)), file.size)
      if (end > largestTextBytes) {
        throw damaged('safetensors', `its header should be at most ${largestTextBytes} bytes, and is ${end}`)
      }
      const { entries } = parseSafetensorsHeader(file.read(0, end), file.size)
      if (entries.size > largestTensorCount) {
        throw damaged(
          'safetensors',
          `it should have at most ${largestTensorCount} tensors, and has ${entries.size}`,
        )
      }
      const tensors = [...entries].map(([name, { dtype, shape, begin, end: tensorEnd }]): ForeignTensor => ({
        name,
        dtype,
        shape,
        read: () => file.read(begin, tensorEnd - begin),
      }))
      return Promise.resolve({ format: 'safetensors', tensors, close: file.close })
    } catch (error) {
      file.close()
      return Promise.reject(error as Error)
    }
  },
}
