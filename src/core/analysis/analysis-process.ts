// The entry of the process that computes over many images, so that core goes on answering meanwhile.
import { readFileSync } from 'node:fs'
import { toErrorPayload } from '../../contract/errors.ts'
import { findNearDuplicates } from '../hygiene/find-near-duplicates.ts'
import { findNearest } from '../hygiene/find-nearest.ts'
import { readPictures } from '../hygiene/pictures-file.ts'
import { placeImages } from '../map/place-images.ts'
import { toAppError } from '../store/to-app-error.ts'
import type { AnalysisCommand, AnalysisMessage, AnalysisResults } from './analysis-messages.ts'

const progressIntervalMs = 100
let toldAt = -Infinity

process.once('message', (command: AnalysisCommand) => {
  try {
    tell({ type: 'done', result: resultOf(command) })
  } catch (error) {
    tell({ type: 'failed', error: toErrorPayload(toAppError(error, command.path)) })
  }
})
process.once('disconnect', () => process.exit(0))

function resultOf(command: AnalysisCommand): AnalysisResults[AnalysisCommand['type']] {
  if (command.type === 'map') {
    return {
      positions: placeImages(readFeatures(command.path), command.width, { onProgress: tellProgress }),
    }
  }
  if (command.type === 'neighbours') {
    const { width } = command
    const features = readFeatures(command.path)
    const rows = command.rows.filter((row) => !Number.isNaN(features[row * width]))
    return { rows, nearest: findNearest(features, width, rows, { onProgress: tellProgress }) }
  }
  const { ids, ...pictures } = readPictures(command.path)
  const pairs = findNearDuplicates(pictures, tellProgress, command.share)
  return {
    ids: Int32Array.from(pairs.flatMap(({ a, b }) => [ids[a] as number, ids[b] as number])),
    similarities: Float32Array.from(pairs.map(({ similarity }) => similarity)),
  }
}

const readFeatures = (path: string): Float32Array =>
  new Float32Array(new Uint8Array(readFileSync(path)).buffer)

function tellProgress(done: number, total: number): void {
  const now = performance.now()
  if (now - toldAt < progressIntervalMs) return
  toldAt = now
  tell({ type: 'progress', done, total })
}

function tell(message: AnalysisMessage): void {
  process.send?.(message)
}
