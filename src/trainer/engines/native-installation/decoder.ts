import { spawnSync } from 'node:child_process'
import { mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { compileDecoder } from './compile.ts'
import {
  nativeDecoderName,
  nativeDecoderSource,
  type NativeDecoderRecord,
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

/**
 * Compiles the native decoder into the engine's folder and tries it there, in a process of its own: it calls a function of TensorFlow that
 * no header of the C interface promises. Without it everything goes on, more slowly; so a failure is written down and never thrown.
 *
 * @param folder holds TensorFlow's libraries.
 * @returns why there is none, or null.
 */
export async function setUpDecoder(folder: string, platform: WheelPlatform): Promise<string | null> {
  let temporary: string | null = null
  try {
    temporary = await mkdtemp(join(folder, '.decoder-'))
    const record = await make(temporary, folder, platform)
    const written = join(temporary, 'record.json')
    await writeFile(written, JSON.stringify(record, null, 2), { flush: true })
    await rename(written, join(folder, `${nativeDecoderName()}.json`))
    return record.problem
  } catch (error) {
    return messageOf(error)
  } finally {
    if (temporary !== null) await rm(temporary, { recursive: true, force: true }).catch(() => {})
  }
}

async function make(
  temporary: string,
  folder: string,
  platform: WheelPlatform,
): Promise<NativeDecoderRecord> {
  try {
    const compiled = join(temporary, 'decoder.node')
    compileDecoder(nativeDecoderSource(), compiled)
    tryDecoding(
      compiled,
      folder,
      platform.libraries.map((library) => basename(library)),
    )
    const name = `${nativeDecoderName()}.node`
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
  const framework = libraries.find((name) => name.includes('framework'))!
  const library = libraries.find((name) => !name.includes('framework'))!
  const { status, signal, stdout, stderr } = spawnSync(
    process.execPath,
    ['-e', program, decoder, folder, framework, library, checkFile, checkSha256, String(checkSizePx)],
    { encoding: 'utf8', env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3' }, timeout: 60_000 },
  )
  if (status !== 0) {
    const line = stderr.split('\n').find((text) => text.includes('Error')) ?? ''
    throw new Error(`it was tried and ended with ${signal ?? (line || `status ${status}`)}`)
  }
  const pixels = JSON.parse(stdout) as number[] | null
  const isRight =
    pixels?.length === checkPixels.length &&
    pixels.every((value, index) => Math.abs(value - checkPixels[index]!) <= checkTolerance)
  if (!isRight)
    throw new Error(`it was tried and decoded a known picture wrongly, to ${stdout.slice(0, 200)}`)
}
