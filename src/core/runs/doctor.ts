import { setTimeout as delay } from 'node:timers/promises'
import { type EngineProbe } from '../../contract/entities.ts'
import { engineIds, type EngineId } from '../../contract/engine-ids.ts'
import { AppError } from '../../contract/errors.ts'
import type { WeightsReference } from '../../contract/jobs.ts'
import { defaultBackboneId, findBackbone } from '../../models/catalog.ts'
import { findInstalledWeights } from '../backbones/installed-weights.ts'
import type { CoreContext } from '../context.ts'
import { startTrainer } from '../processes/trainer-client.ts'

const probeLimitMs = 90_000

export interface DoctorReport {
  engines: EngineProbe[]
  /** What training takes on 'auto'. */
  chosen: EngineId
}

type Deps = Pick<CoreContext, 'launchTrainer' | 'resourcesDir' | 'dataDir' | 'log'>

/**
 * Tries each engine in a process of its own, one after another so that they do not slow each other down. One that crashes or
 * does not end is not available, and says why.
 *
 * @throws AppError 'engine-unavailable' where none works
 */
export async function runDoctor(deps: Deps, limitMs = probeLimitMs): Promise<DoctorReport> {
  const weights = await findInstalledWeights(deps, findBackbone(defaultBackboneId)).catch(
    (error: unknown) => {
      // Engines can be tried without weights; a damaged file is told by those who need it.
      deps.log.warn({ err: error }, 'probing engines without weights')
      return null
    },
  )
  const engines: EngineProbe[] = []
  for (const id of engineIds) engines.push(await probe(deps, id, weights, limitMs))
  const chosen = engines.find(({ available }) => available)
  if (chosen) return { engines, chosen: chosen.id }
  const reasons = engines.map(({ id, reason }) => `${id}: ${reason ?? ''}`)
  throw new AppError(
    'engine-unavailable',
    `At least one engine was expected to work; none does. ${reasons.join('; ')}.`,
    {
      engines: reasons,
    },
  )
}

async function probe(
  { launchTrainer, log }: Deps,
  engine: EngineId,
  weights: WeightsReference | null,
  limitMs: number,
): Promise<EngineProbe> {
  const client = startTrainer({ launch: launchTrainer, log })
  const limit = new AbortController()
  const tooSlow = delay(limitMs, undefined, { signal: limit.signal, ref: false }).then(() => {
    throw new AppError('trainer-hung', `It gave no answer in ${limitMs / 1000} s.`)
  })
  try {
    return await Promise.race([client.run('probe', { engine, weights }).result, tooSlow])
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return {
      id: engine,
      available: false,
      device: null,
      version: null,
      reason,
      imagesPerSecond: null,
      missing: [],
    }
  } finally {
    limit.abort()
    await client.close()
  }
}
