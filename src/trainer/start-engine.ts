import type { TrainPlan } from '../contract/train-plan.ts'
import type { EngineId } from '../contract/engine-ids.ts'
import { chooseEngine } from './engines/index.ts'
import type { JobContext } from './job-context.ts'

/**
 * Loads the wanted engine, or the best there is, and tells of it.
 *
 * @throws AppError 'engine-unavailable'
 */
export async function startEngine(wanted: TrainPlan['engine'], context: JobContext): Promise<EngineId> {
  const { engine, device, version, threads, rejected } = await chooseEngine(wanted)
  context.emit({ type: 'engine', engine, device, version, threads, rejected })
  return engine
}
