import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const require = createRequire(import.meta.url)

/** @returns the first C++ compiler that answers, with its version; null where there is none. */
export function findCompiler(): { command: string; version: string } | null {
  for (const command of [process.env.CXX, 'g++', 'clang++', 'c++']) {
    if (!command) continue
    const { status, stdout } = spawnSync(command, ['--version'], { encoding: 'utf8' })
    if (status === 0) return { command, version: stdout.split('\n')[0]!.trim() }
  }
  return null
}

/** @returns the folder that holds `node_api.h`; null where there is none. */
export function findNodeHeaders(): string | null {
  const candidates = [
    join(dirname(process.execPath), '..', 'include', 'node'),
    packageFolder('node-api-headers', 'include'),
    '/usr/include/node',
    '/usr/local/include/node',
    '/opt/homebrew/include/node',
  ]
  return candidates.find((folder) => folder && existsSync(join(folder, 'node_api.h'))) ?? null
}

/**
 * Compiles the package's binding, and the quiet loader beside it, against the libraries in `folder`.
 * @param folder holds the shared libraries and gets `tfjs_binding.node` and `preload.node`.
 * @param includeFolder holds TensorFlow's C headers.
 * @returns the compiler's name and version.
 * @throws Error saying what is missing or what the compiler said.
 */
export function compileBinding(folder: string, includeFolder: string, libraries: string[]): string {
  const compiler = findCompiler()
  const nodeHeaders = findNodeHeaders()
  if (!compiler || !nodeHeaders) throw new Error('a C++ compiler and node_api.h are needed')
  const sources = packageFolder('@tensorflow/tfjs-node-gpu', 'binding')
  if (!sources) throw new Error('the package @tensorflow/tfjs-node-gpu is not installed; run npm ci')
  const shared = [...flags, '-O2', '-I', nodeHeaders]
  const link = linkFlags()
  runCompiler(compiler.command, [
    ...shared,
    join(here, 'preload.cc'),
    '-o',
    join(folder, 'preload.node'),
    ...link,
    '-ldl',
  ])
  runCompiler(compiler.command, [
    ...shared,
    '-I',
    includeFolder,
    '-I',
    dirname(sources),
    join(sources, 'tfjs_backend.cc'),
    join(sources, 'tfjs_binding.cc'),
    ...libraries.map((library) => join(folder, library)),
    '-o',
    join(folder, 'tfjs_binding.node'),
    ...link,
  ])
  return compiler.version
}

/**
 * Compiles the native decoder, which finds TensorFlow's library when it is opened.
 * @param source its `.cc` file.
 * @param target the addon to write.
 * @throws Error saying what is missing or what the compiler said.
 */
export function compileDecoder(source: string, target: string): void {
  const compiler = findCompiler()
  const nodeHeaders = findNodeHeaders()
  if (!compiler || !nodeHeaders) throw new Error('a C++ compiler and node_api.h are needed')
  runCompiler(compiler.command, [
    ...flags,
    '-O3',
    '-I',
    nodeHeaders,
    source,
    '-o',
    target,
    ...linkFlags(),
    '-ldl',
  ])
}

const flags = ['-std=c++17', '-fPIC', '-DNAPI_VERSION=8']

/** How an addon is linked, with the libraries that lie beside it. */
export function linkFlags(): string[] {
  return process.platform === 'darwin'
    ? ['-bundle', '-undefined', 'dynamic_lookup', '-Wl,-rpath,@loader_path']
    : ['-shared', '-Wl,-rpath,$ORIGIN']
}

/** Runs the compiler. @throws Error with the first of its own errors. */
export function runCompiler(command: string, args: string[]) {
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8' })
  if (status === 0) return
  const said = stderr
    ?.split('\n')
    .filter((line) => /error/i.test(line))
    .slice(0, 2)
    .join(' ')
  throw new Error(`${command} failed: ${error?.message ?? (said || `status ${status}`)}`)
}

function packageFolder(name: string, inside: string): string | null {
  try {
    const folder = join(dirname(require.resolve(`${name}/package.json`)), inside)
    return existsSync(folder) ? folder : null
  } catch {
    return null
  }
}
