import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import * as tf from '@tensorflow/tfjs-core'
import type { EngineProbe } from '../../contract/entities.ts'
import type { EngineId } from '../../contract/engine-ids.ts'
import { chooseEngine } from './index.ts'
import { buildProbeNetwork } from './probe-network.ts'
import { reasonOf } from './unavailable.ts'

const inputSize = 224
const measuredMs = 1_000
const timeLimitMs = 120_000

/** A forward pass to measure: float32 `[batch, size, size, 3]` in, anything out. */
export interface ProbeNetwork {
  inputSize: number
  forward: (images: tf.Tensor4D) => tf.Tensor
  dispose: () => void
}

/**
 * Loads an engine in this process and measures forward passes on it. A bad driver may end the process: see probeEngine.
 * @param buildNetwork called once the engine is loaded; by default a network of EfficientNet-Lite0's shape at 224.
 */
export async function measureEngine(
  id: EngineId,
  buildNetwork: () => ProbeNetwork | Promise<ProbeNetwork> = () => ({ inputSize, ...buildProbeNetwork() }),
): Promise<EngineProbe> {
  try {
    const { device, version } = await chooseEngine(id)
    const network = await buildNetwork()
    // A batch hides the cost of calls where the device is fast; the slow engines would take minutes for one.
    const batch = id === 'native' || id === 'webgpu' ? 8 : 1
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
      const imagesPerSecond = (passes * batch * 1000) / (performance.now() - start)
      return { id, available: true, device, version, reason: null, imagesPerSecond }
    } finally {
      images.dispose()
      network.dispose()
    }
  } catch (error) {
    return unavailable(id, reasonOf(error))
  }
}

/** Measures an engine in a process of its own, so that a crash is an answer. */
export function probeEngine(id: EngineId): Promise<EngineProbe> {
  return new Promise((resolve) => {
    const child = fork(fileURLToPath(new URL('./probe-main.ts', import.meta.url)), [id], {
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      execArgv: [],
    })
    let answer: EngineProbe | null = null
    let late = false
    const timer = setTimeout(() => {
      late = true
      child.kill('SIGKILL')
    }, timeLimitMs)
    child.on('message', (message) => (answer = message as EngineProbe))
    child.on('error', (error) => (answer ??= unavailable(id, error.message)))
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      const crash = late
        ? `no answer within ${timeLimitMs / 1000} s`
        : `crashed with ${signal ?? `status ${code}`}`
      resolve(answer ?? unavailable(id, crash))
    })
  })
}

async function runOnce(network: ProbeNetwork, images: tf.Tensor4D) {
  const features = network.forward(images)
  const values = await features.data()
  features.dispose()
  if (!values.every(Number.isFinite)) throw new Error('its results are not finite numbers')
}

function unavailable(id: EngineId, reason: string): EngineProbe {
  return { id, available: false, device: null, version: null, reason, imagesPerSecond: null }
}
