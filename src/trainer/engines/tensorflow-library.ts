import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { NativeEngineManifest } from './native-installation/location.mjs'

const require = createRequire(import.meta.url)

/**
 * Loads TensorFlow's framework library of an installed native engine, quietly: before anything that is linked to it. Safe to call again.
 *
 * @param folder the engine's
 * @throws Error where it does not load
 */
export function preloadTensorFlow(folder: string): void {
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2'
  const { preload } = require(join(folder, 'preload.node')) as { preload: (path: string) => void }
  preload(tensorFlowLibrary(folder, 'libtensorflow_framework'))
}

/**
 * @param start of the file's name, which ends as the platform has it
 * @returns the path of one of the libraries in an engine's folder
 * @throws Error where it is missing
 */
export function tensorFlowLibrary(
  folder: string,
  start: 'libtensorflow_framework' | 'libtensorflow_cc',
): string {
  const { files } = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as NativeEngineManifest
  const file = files.find(({ name }) => name.startsWith(start))
  if (!file || !existsSync(join(folder, file.name))) throw new Error(`${start} is missing`)
  return join(folder, file.name)
}
