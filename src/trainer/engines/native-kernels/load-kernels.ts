import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { NativeKernels } from '../../../ml/native/kernels.ts'
import { findCompiler, findNodeHeaders } from '../native-installation/compile.ts'
import { compileKernels } from './compile-kernels.ts'

const here = dirname(fileURLToPath(import.meta.url))
const require = createRequire(import.meta.url)

/**
 * Loads Thaw's own kernels into this process, beside TensorFlow, whose library must be loaded; compiles them first where they are not there
 * yet (some seconds, once).
 *
 * @param folder of the installed native engine
 * @returns null where they cannot be had, such as without a compiler: TensorFlow's own kernels do their work then, more slowly
 */
export function loadKernels(folder: string): NativeKernels | null {
  try {
    return require(prepareKernels(folder)) as NativeKernels
  } catch {
    // What they would do, TensorFlow's own kernels and plain loops do.
    return null
  }
}

/**
 * Compiles the kernels where they are not there yet, so that the first training does not wait for it. A failure is no error: the engine works
 * without them.
 *
 * @param folder of the installed native engine
 */
export function setUpKernels(folder: string): void {
  try {
    prepareKernels(folder)
  } catch {
    // prepareKernels wrote down what a compiler said.
  }
}

function prepareKernels(folder: string): string {
  const path = kernelsPath(folder)
  if (existsSync(path)) return path
  const failure = `${path}.failed`
  if (existsSync(failure)) throw new Error(readFileSync(failure, 'utf8'))
  try {
    compileKernels(here, folder, path)
    return path
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    // A compiler that is there and fails would fail at each start. One that is missing may come.
    if (findCompiler() && findNodeHeaders()) writeFileSync(failure, message)
    throw error
  }
}

/** Where the kernels of these sources belong. */
function kernelsPath(folder: string): string {
  const hash = createHash('sha256')
  for (const name of readdirSync(here).sort()) {
    if (/\.(cc|h)$|^compile-kernels\.ts$/.test(name)) hash.update(readFileSync(join(here, name)))
  }
  return join(folder, `thaw_kernels-${hash.digest('hex').slice(0, 12)}.node`)
}
