import type { JobContext } from '../job-context.ts'
import { breathe } from '../job-context.ts'
import type { RecordSource } from './record-source.ts'

/**
 * The records at `positions` in their order, so many at once; a batch is what {@link RecordSource.read} gives, and valid as long.
 *
 * @throws AppError 'cancelled'
 */
export async function* readInBatches(
  source: Pick<RecordSource, 'read'>,
  positions: readonly number[],
  atOnce: number,
  context: JobContext,
): AsyncGenerator<Awaited<ReturnType<RecordSource['read']>>, void, void> {
  for (let first = 0; first < positions.length; first += atOnce) {
    yield await source.read(positions.slice(first, first + atOnce))
    await breathe(context)
  }
}
