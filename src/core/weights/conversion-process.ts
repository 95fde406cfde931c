// The entry of the process that reads one file of weights: whatever is in the file, core outlives it.
import { toErrorPayload } from '../../contract/errors.ts'
import { toAppError } from '../store/to-app-error.ts'
import type { ConversionCommand, ConversionMessage } from './conversion-messages.ts'
import { convertWeights, type ConvertedWeights } from './convert-weights.ts'
import { recognizeWeights, type RecognizedWeights } from './recognize-weights.ts'

const progressIntervalMs = 100

process.once('message', (command: ConversionCommand) => void perform(command))
process.once('disconnect', () => process.exit(0))

async function perform(command: ConversionCommand): Promise<void> {
  try {
    tell({ type: 'done', result: await resultOf(command) })
  } catch (error) {
    const place = command.type === 'convert' ? command.folder : command.path
    tell({ type: 'failed', error: toErrorPayload(toAppError(error, place)) })
  }
}

function resultOf(command: ConversionCommand): Promise<ConvertedWeights | RecognizedWeights> {
  if (command.type === 'recognize') return recognizeWeights(command.path)
  let toldAt = -Infinity
  return convertWeights(command.path, command.backbone, command.folder, (done, total) => {
    const now = performance.now()
    if (now - toldAt < progressIntervalMs) return
    toldAt = now
    tell({ type: 'progress', done, total })
  })
}

function tell(message: ConversionMessage): void {
  process.send?.(message)
}
