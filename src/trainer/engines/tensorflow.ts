import { createRequire } from 'node:module'
import * as tf from '@tensorflow/tfjs-core'

const require = createRequire(import.meta.url)

/** Parts of the union package that Thaw does not use; left out, it loads in a quarter of the time. */
const unusedParts = [
  '@tensorflow/tfjs-layers',
  '@tensorflow/tfjs-converter',
  '@tensorflow/tfjs-data',
  '@tensorflow/tfjs-backend-webgl',
  '@tensorflow/tfjs-backend-cpu',
]

/**
 * Registers what `@tensorflow/tfjs-core` lacks by itself in Node: the gradients of all operations and the chained
 * methods of tensors. They are published only inside the union package `@tensorflow/tfjs`, which the native kernels
 * ask for too. Safe to call again.
 * @returns the one copy of `@tensorflow/tfjs-core` that everything shares.
 */
export function loadTensorFlow(): typeof tf {
  if (tf.getGradient('BatchMatMul')) return tf
  const union = require.resolve('@tensorflow/tfjs')
  const requireOfUnion = createRequire(union)
  const placeholders: string[] = []
  for (const name of unusedParts) {
    const path = requireOfUnion.resolve(name)
    if (require.cache[path]) continue
    placeholders.push(path)
    require.cache[path] = { id: path, filename: path, loaded: true, exports: {} } as NodeJS.Module
  }
  try {
    require(union)
  } finally {
    for (const path of placeholders) Reflect.deleteProperty(require.cache, path)
  }
  if (!tf.getGradient('BatchMatMul')) {
    throw new Error(
      'two copies of @tensorflow/tfjs-core are installed: the gradients went to the other one. Run npm ci.',
    )
  }
  return tf
}
