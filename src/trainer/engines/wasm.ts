import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import type { Engine } from './engine.ts'
import { loadTensorFlow } from './tensorflow.ts'
import { engineUnavailable } from './unavailable.ts'
import { registerWasmGradients } from './wasm-gradients.ts'

const require = createRequire(import.meta.url)

/** WebAssembly with SIMD. One thread: the threaded build crashes in Node. */
export const wasmEngine: Engine = {
  id: 'wasm',
  async load() {
    const tf = loadTensorFlow()
    const wasm = require('@tensorflow/tfjs-backend-wasm') as typeof import('@tensorflow/tfjs-backend-wasm')
    if (!tf.findBackend('wasm'))
      wasm.setWasmPaths(`${dirname(require.resolve('@tensorflow/tfjs-backend-wasm'))}/`)
    registerWasmGradients()
    if (!(await tf.setBackend('wasm'))) throw engineUnavailable('wasm', 'WebAssembly could not be started')
    const simd = await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT')
    return {
      device: simd ? 'CPU, WebAssembly with SIMD' : 'CPU, WebAssembly',
      version: tf.version_core,
      threads: 1,
    }
  },
}
