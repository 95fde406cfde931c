import type { EngineId } from '../../contract/engine-ids.ts'
import { cpuEngine } from './cpu.ts'
import type { Engine, LoadedEngine } from './engine.ts'
import { nativeEngine } from './native.ts'
import { engineUnavailable, reasonOf } from './unavailable.ts'
import { wasmEngine } from './wasm.ts'
import { webgpuEngine } from './webgpu.ts'

export type { Engine, LoadedEngine } from './engine.ts'

/** Every engine, best first. */
export const engines: readonly Engine[] = [nativeEngine, webgpuEngine, wasmEngine, cpuEngine]

export interface ChosenEngine extends LoadedEngine {
  engine: EngineId
  /** Why each better engine was not taken, best first. */
  rejected: { id: EngineId; reason: string }[]
}

/**
 * Loads the engine that was asked for, or with `auto` the best that works here, and makes it the current backend.
 * @throws AppError engine-unavailable where a named engine does not work, with the reason and the alternatives.
 */
export async function chooseEngine(wanted: EngineId | 'auto'): Promise<ChosenEngine> {
  if (wanted !== 'auto') {
    const engine = engines.find(({ id }) => id === wanted)
    if (!engine) {
      const known = engines.map(({ id }) => id).join(', ')
      throw engineUnavailable(wanted, `there is no such engine; choose one of auto, ${known}`)
    }
    return { engine: wanted, ...(await engine.load({ allowSoftware: true })), rejected: [] }
  }
  const rejected: ChosenEngine['rejected'] = []
  for (const engine of engines) {
    try {
      return { engine: engine.id, ...(await engine.load({ allowSoftware: false })), rejected }
    } catch (error) {
      rejected.push({ id: engine.id, reason: reasonOf(error) })
    }
  }
  throw engineUnavailable('cpu', rejected.map(({ id, reason }) => `${id}: ${reason}`).join('; '))
}
