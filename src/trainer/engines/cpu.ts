import { createRequire } from 'node:module'
import type { Engine } from './engine.ts'
import { loadTensorFlow } from './tensorflow.ts'
import { engineUnavailable } from './unavailable.ts'

const require = createRequire(import.meta.url)

/** Plain JavaScript: slow, and works wherever Node does. The other engines are tested against it. */
export const cpuEngine: Engine = {
  id: 'cpu',
  async load() {
    const tf = loadTensorFlow()
    require('@tensorflow/tfjs-backend-cpu')
    if (!(await tf.setBackend('cpu'))) throw engineUnavailable('cpu', 'its backend did not start')
    // Its first operation would print an advertisement for the native package.
    Object.assign(tf.backend(), { firstUse: false })
    return { device: 'CPU, JavaScript', version: tf.version_core, threads: 1 }
  },
}
