import { createRequire } from 'node:module'
import { availableParallelism, cpus } from 'node:os'
import { join } from 'node:path'
import util from 'node:util'
import type { KernelBackend } from '@tensorflow/tfjs-core'
import { provideNativeKernels } from '../../ml/native/kernels.ts'
import type { Engine } from './engine.ts'
import { nativeEngineFolder, nativeEngineProblem } from './native-installation/location.mjs'
import { loadKernels } from './native-kernels/load-kernels.ts'
import { preloadTensorFlow } from './tensorflow-library.ts'
import { loadTensorFlow } from './tensorflow.ts'
import { engineUnavailable } from './unavailable.ts'

const require = createRequire(import.meta.url)

interface Binding {
  TF_Version: string
}

interface NativeBackend extends KernelBackend {
  isUsingGpuDevice: boolean
}

interface KernelBackendModule {
  NodeJSKernelBackend: new (binding: Binding, packageName: string) => NativeBackend
}

/** TensorFlow itself, through the binding of `@tensorflow/tfjs-node-gpu` that the set-up compiled. */
export const nativeEngine: Engine = {
  id: 'native',
  async load() {
    const tf = loadTensorFlow()
    const threads = setThreads()
    if (!tf.engine().registryFactory.tensorflow) {
      const binding = loadBinding()
      restoreRemovedUtilities()
      // The package's own entry point looks for a downloaded binding and fails; these are the parts behind it.
      const backends =
        require('@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend.js') as KernelBackendModule
      require('@tensorflow/tfjs-node-gpu/dist/register_all_kernels.js')
      tf.registerBackend('tensorflow', () => {
        return new backends.NodeJSKernelBackend(binding, '@tensorflow/tfjs-node')
      })
      version = binding.TF_Version
    }
    if (!(await tf.setBackend('tensorflow')))
      throw engineUnavailable('native', 'TensorFlow could not be started')
    const processor = cpus()[0]?.model.trim() || process.arch
    const gpu = (tf.backend() as NativeBackend).isUsingGpuDevice
    const folder = nativeEngineFolder()
    provideNativeKernels(gpu || folder === null ? null : loadKernels(folder))
    return { device: gpu ? 'GPU' : `CPU, ${processor}`, version, threads }
  },
}

let version = ''

/** TensorFlow reads these once, when its first operation runs. */
function setThreads(): number {
  process.env.TF_NUM_INTRAOP_THREADS ??= String(availableParallelism())
  return Number(process.env.TF_NUM_INTRAOP_THREADS)
}

function loadBinding(): Binding {
  const problem = nativeEngineProblem()
  const folder = nativeEngineFolder()
  if (problem || !folder) throw engineUnavailable('native', problem ?? 'it is not set up yet')
  try {
    preloadTensorFlow(folder)
    return require(join(folder, 'tfjs_binding.node')) as Binding
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    throw engineUnavailable('native', `its libraries in ${folder} do not load (${message})`)
  }
}

/** The kernels call two functions that Node 23 removed. */
function restoreRemovedUtilities() {
  const removed = util as unknown as Record<string, (value: unknown) => boolean>
  removed.isNullOrUndefined ??= (value) => value === null || value === undefined
  removed.isArray ??= Array.isArray
}
