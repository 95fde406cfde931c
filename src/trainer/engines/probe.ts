import * as tf from '@tensorflow/tfjs-core'
import type { EngineProbe } from '../../contract/entities.ts'
import type { EngineId } from '../../contract/engine-ids.ts'
import { chooseEngine } from './index.ts'
import { nativeAddonProblem, nativeAddons } from './native-installation/location.mjs'
import { reasonOf } from './unavailable.ts'

const measuredMs = 1_000

/** A forward pass to measure: float32 `[batch, size, size, 3]` in, anything out. */
export interface ProbeNetwork {
  inputSize: number
  forward: (images: tf.Tensor4D) => tf.Tensor
  dispose: () => void
}

/**
 * Loads an engine in this process and measures forward passes on it. A bad driver may end the process.
 *
 * @param buildNetwork called once the engine is loaded
 */
export async function measureEngine(
  id: EngineId,
  buildNetwork: () => ProbeNetwork | Promise<ProbeNetwork>,
): Promise<EngineProbe> {
  try {
    const { device, version } = await chooseEngine(id)
    const imagesPerSecond = await measureForwardPasses(id, await buildNetwork())
    return {
      id,
      available: true,
      device,
      version,
      reason: null,
      imagesPerSecond,
      missing: missingParts(id),
    }
  } catch (error) {
    return unavailable(id, reasonOf(error))
  }
}

/**
 * Measures forward passes on the current engine, and disposes the network.
 *
 * @returns images per second
 * @throws Error where results are not finite
 */
export async function measureForwardPasses(engine: EngineId, network: ProbeNetwork): Promise<number> {
  // A batch hides the cost of calls where the device is fast; the slow engines would take minutes for one.
  const batch = engine === 'native' || engine === 'webgpu' ? 8 : 1
  const images = tf.randomUniform<tf.Rank.R4>(
    [batch, network.inputSize, network.inputSize, 3],
    -1,
    1,
    'float32',
    1,
  )
  try {
    await runOnce(network, images)
    const start = performance.now()
    let passes = 0
    do {
      await runOnce(network, images)
      passes++
    } while (performance.now() - start < measuredMs)
    return (passes * batch * 1000) / (performance.now() - start)
  } finally {
    images.dispose()
    network.dispose()
  }
}

async function runOnce(network: ProbeNetwork, images: tf.Tensor4D) {
  const features = network.forward(images)
  const values = await features.data()
  features.dispose()
  if (!values.every(Number.isFinite)) throw new Error('its results are not finite numbers')
}

function unavailable(id: EngineId, reason: string): EngineProbe {
  return { id, available: false, device: null, version: null, reason, imagesPerSecond: null, missing: [] }
}

function missingParts(id: EngineId): EngineProbe['missing'] {
  if (id !== 'native') return []
  return nativeAddons.flatMap((part) => {
    const reason = nativeAddonProblem(part)
    return reason === null ? [] : [{ part, reason }]
  })
}
