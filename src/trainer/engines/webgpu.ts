import { createRequire } from 'node:module'
import type { Engine } from './engine.ts'
import { loadTensorFlow } from './tensorflow.ts'
import { engineUnavailable } from './unavailable.ts'

const require = createRequire(import.meta.url)

interface Adapter {
  info?: { vendor?: string; device?: string; description?: string; isFallbackAdapter?: boolean }
}

interface Gpu {
  requestAdapter(options?: { powerPreference: 'high-performance' }): Promise<Adapter | null>
}

/** Graphics adapters that are programs on the processor. */
const softwareAdapters = /swiftshader|llvmpipe|lavapipe|software|basic render/i

/** The graphics adapter through Dawn, the WebGPU of Chromium. */
export const webgpuEngine: Engine = {
  id: 'webgpu',
  async load({ allowSoftware }) {
    const gpu = await createGpu()
    const adapter = await gpu
      .requestAdapter({ powerPreference: 'high-performance' })
      .catch((error: unknown) => {
        throw engineUnavailable('webgpu', `no graphics adapter can be used (${String(error)})`)
      })
    if (!adapter)
      throw engineUnavailable(
        'webgpu',
        'no graphics adapter with a Vulkan, Metal or Direct3D 12 driver was found',
      )
    const name =
      adapter.info?.description || adapter.info?.device || adapter.info?.vendor || 'unnamed adapter'
    const software = adapter.info?.isFallbackAdapter === true || softwareAdapters.test(name)
    if (software && !allowSoftware) {
      throw engineUnavailable(
        'webgpu',
        `the only graphics adapter is a program (${name}), slower than WebAssembly`,
      )
    }
    const tf = loadTensorFlow()
    // The backend looks at navigator.gpu while it is loaded.
    Object.defineProperty(globalThis.navigator, 'gpu', { value: gpu, configurable: true })
    require('@tensorflow/tfjs-backend-webgpu')
    if (!(await tf.setBackend('webgpu'))) throw engineUnavailable('webgpu', `${name} could not be started`)
    return { device: name, version: tf.version_core, threads: 1 }
  },
}

async function createGpu(): Promise<Gpu> {
  try {
    const dawn = (await import('webgpu')) as unknown as { create(options: string[]): Gpu; globals: object }
    Object.assign(globalThis, dawn.globals)
    return dawn.create([])
  } catch (error) {
    const message = error instanceof Error ? error.message.split('\n')[0]! : String(error)
    throw engineUnavailable('webgpu', `Dawn does not load here (${message})`)
  }
}
