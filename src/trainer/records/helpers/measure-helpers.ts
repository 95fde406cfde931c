import { setTimeout as delay } from 'node:timers/promises'
import { breathe, type JobContext } from '../../job-context.ts'
import type { RecordMaker, SourceImage } from '../record-maker.ts'
import { helpersFor } from './helpers-for.ts'
import { startHelpers } from './start-helpers.ts'

const batchesEach = 3
const longestStartMs = 30_000

/**
 * Seconds that a record takes where helpers are at work; what they compute is not kept.
 *
 * @param images at least one; they are taken again and again
 * @returns null where there are to be none, or they do not start
 * @throws AppError 'cancelled'
 */
export async function measureHelpers(
  images: readonly SourceImage[],
  maker: RecordMaker,
  context: JobContext,
): Promise<number | null> {
  const plan = helpersFor(maker.part)
  const helpers = startHelpers(maker, plan)
  const { batchSize } = maker.part
  const batch = Array.from({ length: batchSize }, (_, index) => images[index % images.length] as SourceImage)
  const computeAll = async (batches: number): Promise<boolean> => {
    const results = await Promise.all(Array.from({ length: batches }, () => helpers.compute(batch)))
    await breathe(context)
    return results.every((result) => result !== null)
  }
  try {
    const given = performance.now() + longestStartMs
    while (!helpers.isReady()) {
      if (helpers.isLost() || performance.now() > given) return null
      await delay(20)
      await breathe(context)
    }
    if (!(await computeAll(plan.count))) return null
    const start = performance.now()
    if (!(await computeAll(plan.count * batchesEach))) return null
    return (performance.now() - start) / 1000 / (plan.count * batchesEach * batchSize)
  } finally {
    helpers.close()
  }
}
