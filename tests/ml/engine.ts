import { engines, chooseEngine } from '../../src/trainer/engines/index.ts'
import { nativeEngineProblem } from '../../src/trainer/engines/native-installation/location.mjs'
import type { EngineId } from '../../src/contract/engine-ids.ts'

/** Why the native engine's tests are skipped here, or null. */
export const nativeProblem: string | null = nativeEngineProblem()
if (nativeProblem !== null) console.warn(`Tests of the native engine are skipped: ${nativeProblem}`)

/** Engines that every test machine has, and the native one where it is set up. */
export const testedEngines: EngineId[] = engines
  .map(({ id }) => id)
  .filter((id) => id !== 'webgpu' && (id !== 'native' || nativeProblem === null))

/** The fastest engine there is for tests that do not care which. */
export const testEngine: EngineId = testedEngines[0] ?? 'cpu'

export { chooseEngine }
