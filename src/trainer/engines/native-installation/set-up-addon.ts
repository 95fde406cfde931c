import { spawnSync } from 'node:child_process'
import { mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { compileDecoder } from './compile.ts'
import { compileKernels } from '../native-kernels/compile-kernels.ts'
import {
  nativeAddonName,
  nativeAddonSources,
  type NativeAddon,
  type NativeAddonRecord,
  type WheelPlatform,
} from './location.mjs'
import { sha256OfFile } from './sha256-of-file.ts'

/** Four coloured squares of 16x16 pixels, and what they are when they are reduced to 4x4: RGB, by rows. */
const checkFile = fileURLToPath(new URL('../native-decoder/check.jpg', import.meta.url))
const checkSha256 = 'bc1297fa50b6c2398da537839e2084f3e4fffcead253d73256fdf6cb1e5e11ff'
const checkSizePx = 4
// prettier-ignore
const checkPixels = [
  237, 38, 26, 223, 49, 29, 37, 191, 58, 23, 202, 61,
  224, 39, 40, 211, 50, 41, 50, 192, 57, 37, 203, 58,
  47, 57, 212, 60, 68, 199, 218, 210, 42, 231, 221, 29,
  34, 58, 225, 48, 69, 212, 231, 211, 40, 245, 222, 27,
]
const checkTolerance = 2

/** How an addon is compiled to `target`, and tried from there. Each throws what goes wrong. */
interface Maker {
  readonly compile: (sources: string, target: string, folder: string) => void
  readonly attempt: (compiled: string, folder: string, libraries: readonly string[]) => void
}

const makers: { readonly [Addon in NativeAddon]: Maker } = {
  'jpeg-decoder': {
    compile: (sources, target) => compileDecoder(join(sources, 'jpeg-decoder.cc'), target),
    attempt: tryDecoding,
  },
  'thaw-kernels': {
    compile: (sources, target, folder) => compileKernels(sources, folder, target),
    attempt: tryKernels,
  },
}

/**
 * Compiles an addon into the engine's folder and tries it there, in a process of its own, since it may bring that down. Without it everything
 * goes on, more slowly; so a failure is written down and never thrown.
 *
 * @param folder holds TensorFlow's libraries.
 * @returns why there is none, or null.
 */
export async function setUpAddon(
  addon: NativeAddon,
  folder: string,
  platform: WheelPlatform,
): Promise<string | null> {
  let temporary: string | null = null
  try {
    temporary = await mkdtemp(join(folder, '.addon-'))
    const record = await make(addon, temporary, folder, platform)
    const written = join(temporary, 'record.json')
    await writeFile(written, JSON.stringify(record, null, 2), { flush: true })
    await rename(written, join(folder, `${nativeAddonName(addon)}.json`))
    return record.problem
  } catch (error) {
    return messageOf(error)
  } finally {
    if (temporary !== null) await rm(temporary, { recursive: true, force: true }).catch(() => {})
  }
}

async function make(
  addon: NativeAddon,
  temporary: string,
  folder: string,
  platform: WheelPlatform,
): Promise<NativeAddonRecord> {
  try {
    const compiled = join(temporary, 'addon.node')
    const { compile, attempt } = makers[addon]
    compile(nativeAddonSources(addon), compiled, folder)
    attempt(
      compiled,
      folder,
      platform.libraries.map((library) => basename(library)),
    )
    const name = `${nativeAddonName(addon)}.node`
    const file = { name, sizeBytes: (await stat(compiled)).size, sha256: await sha256OfFile(compiled) }
    await rename(compiled, join(folder, name))
    return { file, problem: null, atMs: Date.now() }
  } catch (error) {
    return { file: null, problem: messageOf(error), atMs: Date.now() }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function tryDecoding(decoder: string, folder: string, libraries: readonly string[]) {
  const program = `
    const [decoder, folder, framework, library, file, sha256, size] = process.argv.slice(1)
    require(folder + '/preload.node').preload(folder + '/' + framework)
    const { open, decode } = require(decoder)
    open(folder + '/' + library)
    decode(file, sha256, Number(size), Number(size), false).then((pixels) => {
      process.stdout.write(JSON.stringify(pixels && [...pixels]))
    })`
  const [framework, library] = libraryNames(libraries)
  const given = [decoder, folder, framework, library, checkFile, checkSha256, String(checkSizePx)]
  const pixels = JSON.parse(runProgram(program, given)) as number[] | null
  const isRight =
    pixels?.length === checkPixels.length &&
    pixels.every((value, index) => Math.abs(value - checkPixels[index]!) <= checkTolerance)
  if (!isRight)
    throw new Error(`it was tried and decoded a known picture wrongly, to ${JSON.stringify(pixels)}`)
}

/** One step of plain gradient descent, 1 - 0.5 * 2, in a process that has TensorFlow's library and its operations. */
function tryKernels(kernels: string, folder: string, libraries: readonly string[]) {
  const program = `
    const [kernels, folder, framework] = process.argv.slice(1)
    require(folder + '/preload.node').preload(folder + '/' + framework)
    const values = Float32Array.of(1, 1, 1)
    require(kernels).sgd(Float64Array.of(0.5, 0, 0, 0), values, Float32Array.of(2, 2, 2))
    process.stdout.write(JSON.stringify([...values]))`
  const [framework] = libraryNames(libraries)
  const values = runProgram(program, [kernels, folder, framework])
  if (values !== '[0,0,0]') throw new Error(`they were tried and made ${values} of what should be 0`)
}

function libraryNames(libraries: readonly string[]): [framework: string, library: string] {
  const framework = libraries.find((name) => name.includes('framework'))!
  const library = libraries.find((name) => !name.includes('framework'))!
  return [framework, library]
}

/** @returns what the program printed. @throws Error where it does not end well */
function runProgram(program: string, given: readonly string[]): string {
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, ['-e', program, ...given], {
    encoding: 'utf8',
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3' },
    timeout: 60_000,
  })
  if (status === 0) return stdout
  const line = stderr.split('\n').find((text) => text.includes('Error')) ?? ''
  throw new Error(`it was tried and ended with ${signal ?? (line || `status ${status}`)}`)
}
