// The entry of the process that reads one file of weights: whatever is in the file, core outlives it.
import { toErrorPayload } from '../../contract/errors.ts'
import { findBackbone } from '../../models/catalog.ts'
import { convertLayersModel } from '../own-backbones/convert-layers-model.ts'
import { toAppError } from '../store/to-app-error.ts'
import type { ConversionCommand, ConversionMessage, ConversionResults } from './conversion-messages.ts'
import { convertWeights } from './convert-weights.ts'
import { recognizeWeights } from './recognize-weights.ts'

const progressIntervalMs = 100
let toldAt = -Infinity

process.once('message', (command: ConversionCommand) => void perform(command))
process.once('disconnect', () => process.exit(0))

async function perform(command: ConversionCommand): Promise<void> {
  try {
    tell({ type: 'done', result: await resultOf(command) })
  } catch (error) {
    const place = command.type === 'recognize' ? command.path : command.folder
    tell({ type: 'failed', error: toErrorPayload(toAppError(error, place)) })
  }
}

function resultOf(command: ConversionCommand): Promise<ConversionResults[ConversionCommand['type']]> {
  switch (command.type) {
    case 'recognize':
      return recognizeWeights(command.path, command.own)
    case 'convert': {
      const { path, backbone, own, folder } = command
      return convertWeights(path, findBackbone(backbone, own && [own]), folder, tellProgress)
    }
    case 'convertModel':
      return convertLayersModel(command.path, command.choices, command.folder, tellProgress)
  }
}

function tellProgress(done: number, total: number): void {
  const now = performance.now()
  if (now - toldAt < progressIntervalMs) return
  toldAt = now
  tell({ type: 'progress', done, total })
}

function tell(message: ConversionMessage): void {
  process.send?.(message)
}
