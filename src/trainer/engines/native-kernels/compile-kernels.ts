import { mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { findCompiler, findNodeHeaders, linkFlags, runCompiler } from '../native-installation/compile.ts'

/** The update rules must give the bits that JavaScript's loops give, and so must not contract a product and a sum into one rounding. */
const withoutContraction = new Set(['optimizers.cc'])

/**
 * Compiles the kernels against the installed TensorFlow, which needs none of its headers.
 *
 * @param sources folder of the C++ files
 * @param folder of the installed native engine
 * @param path of the result, which appears whole or not at all
 * @throws Error saying what is missing or what the compiler said
 */
export function compileKernels(sources: string, folder: string, path: string): void {
  const compiler = findCompiler()
  const headers = findNodeHeaders()
  if (!compiler || !headers) throw new Error('a C++ compiler and node_api.h are needed')
  const framework = readdirSync(folder).find((name) => name.startsWith('libtensorflow_framework'))
  if (framework === undefined) throw new Error(`${folder} has no libtensorflow_framework`)
  const temporary = mkdtempSync(join(folder, '.kernels-'))
  try {
    const flags = ['-std=c++17', '-O3', '-fPIC', '-pthread', '-fno-math-errno', '-fno-trapping-math']
    const objects = readdirSync(sources)
      .filter((name) => name.endsWith('.cc'))
      .map((name) => {
        const object = join(temporary, `${name}.o`)
        const contraction = `-ffp-contract=${withoutContraction.has(name) ? 'off' : 'fast'}`
        const source = ['-c', join(sources, name), '-o', object]
        runCompiler(compiler.command, [...flags, contraction, '-DNAPI_VERSION=8', '-I', headers, ...source])
        return object
      })
    const made = join(temporary, 'thaw_kernels.node')
    runCompiler(compiler.command, [
      ...objects,
      join(folder, framework),
      '-pthread',
      '-o',
      made,
      ...linkFlags(),
    ])
    renameSync(made, path)
  } finally {
    rmSync(temporary, { recursive: true, force: true })
  }
}
