import { openKerasH5 } from './keras-h5.ts'
import { parseKerasConfig } from './keras-config.ts'
import { damaged, largestTextBytes, type WeightsFormat } from './weights-file.ts'
import { openZip } from './zip-file.ts'

const configName = 'config.json'
const weightsName = 'model.weights.h5'

/** Keras 3's own format: a zip of the model's configuration and its weights in HDF5. */
export const kerasZipFormat: WeightsFormat = {
  id: 'keras-zip',
  endings: ['.keras'],
  matches: ({ entries }) => entries?.includes(configName) === true || entries?.includes(weightsName) === true,
  async open(path) {
    const zip = await openZip(path)
    try {
      const config = zip.entries.get(configName)
      const weights = zip.entries.get(weightsName)
      if (!config || !weights) {
        const missing = config ? weightsName : configName
        throw damaged(
          '.keras',
          `it should hold ${configName} and ${weightsName}, and ${missing} is not there`,
        )
      }
      if (config.size > largestTextBytes) {
        throw damaged(
          '.keras',
          `${configName} should be at most ${largestTextBytes} bytes, and is ${config.size}`,
        )
      }
      const parsed = parseKerasConfig(new TextDecoder().decode(config.read(0, config.size)))
      const inner = await openKerasH5(weights.asFile(), parsed)
      const close = (): void => {
        inner.close()
        zip.close()
      }
      return { format: 'keras-zip', tensors: inner.tensors, close }
    } catch (error) {
      zip.close()
      throw error
    }
  },
}
