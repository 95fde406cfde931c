// The entry of the process that computes over many images, so that core goes on answering meanwhile.
import { toErrorPayload } from '../../contract/errors.ts'
import { findNearDuplicates } from '../hygiene/find-near-duplicates.ts'
import { readPictures } from '../hygiene/pictures-file.ts'
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

function resultOf({ path }: AnalysisCommand): AnalysisResults[AnalysisCommand['type']] {
  const { ids, ...pictures } = readPictures(path)
  const pairs = findNearDuplicates(pictures, (done, total) => {
    const now = performance.now()
    if (now - toldAt < progressIntervalMs) return
    toldAt = now
    tell({ type: 'progress', done, total })
  })
  return {
    ids: Int32Array.from(pairs.flatMap(({ a, b }) => [ids[a] as number, ids[b] as number])),
    similarities: Float32Array.from(pairs.map(({ similarity }) => similarity)),
  }
}

function tell(message: AnalysisMessage): void {
  process.send?.(message)
}
