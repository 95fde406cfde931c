// The entry of the process that reads one file of weights: whatever is in the file, core outlives it.
import { toErrorPayload } from '../../contract/errors.ts'
import { toAppError } from '../store/to-app-error.ts'
import type { ConversionCommand, ConversionMessage } from './conversion-messages.ts'
import { convertWeights } from './convert-weights.ts'

const progressIntervalMs = 100

process.once('message', (command: ConversionCommand) => void convert(command))
process.once('disconnect', () => process.exit(0))

async function convert({ path, backbone, folder }: ConversionCommand): Promise<void> {
  let toldAt = -Infinity
  try {
    const result = await convertWeights(path, backbone, folder, (done, total) => {
      const now = performance.now()
      if (now - toldAt < progressIntervalMs) return
      toldAt = now
      tell({ type: 'progress', done, total })
    })
    tell({ type: 'done', result })
  } catch (error) {
    tell({ type: 'failed', error: toErrorPayload(toAppError(error, folder)) })
  }
}

function tell(message: ConversionMessage): void {
  process.send?.(message)
}
