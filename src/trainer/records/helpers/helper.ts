import { readFileSync } from 'node:fs'
import { prepareDecoder } from '../../../imaging/decode.ts'
import { createAugmenter } from '../../../ml/augmentations/index.ts'
import { parametersOf } from '../../../models/shapes.ts'
import { parseAugmentations } from '../../../models/training/augmentations.ts'
import { readParameters } from '../../../models/weights.ts'
import { chooseEngine } from '../../engines/index.ts'
import { createFrozenPart } from '../../frozen-part.ts'
import { decodeSource, makeRecords, type RecordMaker } from '../record-maker.ts'
import type { HelperAnswer, HelperCommand } from './messages.ts'

/**
 * A helper: a child process of the trainer that computes records by the one part it was given, and ends with the trainer. Whatever fails in
 * it ends it, and the trainer computes the rest itself.
 */

let making: Promise<RecordMaker> | undefined
let last: Promise<unknown> = Promise.resolve()

prepareDecoder()
process.on('message', (command) => receive(command as HelperCommand))
process.on('disconnect', () => process.exit(0))
// Ctrl+C in a terminal reaches all processes at once; the trainer decides when this one ends.
process.on('SIGINT', () => {})

function receive(command: HelperCommand): void {
  if (command.type === 'part') {
    making = createMaker(command)
    last = making.then(() => answer({ type: 'ready' }))
  } else if (making !== undefined) last = compute(command.images, making, last)
}

/** Decodes while the batch before is computed. */
async function compute(
  images: Extract<HelperCommand, { type: 'compute' }>['images'],
  making: Promise<RecordMaker>,
  before: Promise<unknown>,
): Promise<void> {
  const maker = await making
  const decoded = await Promise.all(images.map((image) => decodeSource(image, maker)))
  await before
  await answer({ type: 'computed', results: await makeRecords(images, decoded, maker) })
}

async function createMaker(command: Extract<HelperCommand, { type: 'part' }>): Promise<RecordMaker> {
  const { options, weightsPath, augmentation } = command
  const values = readParameters(readFileSync(weightsPath), parametersOf(options.graph))
  await chooseEngine(options.engine)
  const augmenter =
    augmentation && createAugmenter(parseAugmentations(augmentation.specification), augmentation.seed)
  return { part: createFrozenPart({ ...options, values: () => values }), augmenter }
}

/** Waits until the channel has taken it: it would not go on while the next batch is computed. */
function answer(message: HelperAnswer): Promise<void> {
  return new Promise((resolve) => {
    if (process.connected) process.send?.(message, undefined, undefined, () => resolve())
  })
}
