import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { NativeKernels } from '../../../ml/native/kernels.ts'
import { nativeAddonName, nativeAddonProblem } from '../native-installation/location.mjs'

const require = createRequire(import.meta.url)

/**
 * Loads Thaw's own kernels, which the set-up compiled, into this process, beside TensorFlow, whose library must be loaded.
 *
 * @param folder of the installed native engine
 * @returns null where the set-up left them out, or they do not load: TensorFlow's own kernels do their work then, more slowly
 */
export function loadKernels(folder: string): NativeKernels | null {
  if (nativeAddonProblem('thaw-kernels') !== null) return null
  try {
    return require(join(folder, `${nativeAddonName('thaw-kernels')}.node`)) as NativeKernels
  } catch {
    // What they would do, TensorFlow's own kernels and plain loops do.
    return null
  }
}
