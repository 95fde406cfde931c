import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, open, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { AppError } from '../../../contract/errors.ts'
import { compileBinding, findCompiler, findNodeHeaders } from './compile.ts'
import { downloadWheel } from './download.ts'
import {
  nativeAddonProblem,
  nativeAddons,
  nativeEngineFolder,
  nativeEngineProblem,
  nativeEnginesFolder,
  platformKey,
  readNativeAddonRecord,
  readWheelList,
  type NativeEngineManifest,
  type WheelList,
  type WheelPlatform,
} from './location.mjs'
import { setUpAddon } from './set-up-addon.ts'
import { sha256OfFile } from './sha256-of-file.ts'
import { extractZipEntry, readZipEntries } from './unzip.ts'

/** A step of the installation; `fraction` runs from 0 to 1 within it. */
export interface InstallationProgress {
  step: 'downloading' | 'checking' | 'unpacking' | 'compiling' | 'loading'
  fraction: number
}

export interface InstallationOptions {
  /** A wheel that is already here; null downloads the pinned one. */
  wheel?: string | null
  onProgress?: (progress: InstallationProgress) => void
}

/**
 * Sets up the native engine in the person's cache folder: TensorFlow's libraries out of its official wheel, and the
 * binding compiled against them. Does nothing where it stands already, but for addons that are missing. Everything happens in a
 * temporary folder that is renamed into place, so that an interruption leaves nothing half made.
 * @returns the folder.
 * @throws AppError engine-unavailable with the reason and what to do.
 */
export async function installNativeEngine(options: InstallationOptions = {}): Promise<string> {
  const folder = nativeEngineFolder()
  const list = readWheelList()
  const platform = list.platforms[platformKey()]
  if (!folder || !platform) throw unavailable(`${nativeEngineProblem()}. The next engine is used instead.`)
  if (nativeEngineProblem() === null) {
    const missing = nativeAddons.filter((addon) => nativeAddonProblem(addon) !== null)
    for (const [index, addon] of missing.entries()) {
      options.onProgress?.({ step: 'compiling', fraction: index / missing.length })
      await setUpAddon(addon, folder, platform)
    }
    return folder
  }
  // Said before 270 MB are fetched for nothing.
  if (!findCompiler() || !findNodeHeaders()) throw unavailable(compilerAdvice())
  try {
    await mkdir(nativeEnginesFolder(), { recursive: true })
    await removeAbandonedFolders()
    const temporary = await mkdtemp(join(nativeEnginesFolder(), '.partial-'))
    try {
      const manifest = await fill(temporary, list, platform, options)
      for (const addon of nativeAddons) await setUpAddon(addon, temporary, platform)
      await writeFile(join(temporary, 'manifest.json'), JSON.stringify(manifest, null, 2), { flush: true })
      await rm(folder, { recursive: true, force: true })
      await moveIntoPlace(temporary, folder)
    } finally {
      await rm(temporary, { recursive: true, force: true })
    }
    return folder
  } catch (error) {
    if (error instanceof AppError) throw error
    const message = error instanceof Error ? error.message : String(error)
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') {
      throw unavailable(
        `about 1.2 GB are needed in ${nativeEnginesFolder()} and the disk is full; make room and start again`,
      )
    }
    throw unavailable(message)
  }
}

/**
 * Reads every installed file and compares its SHA-256 (about a second a gigabyte).
 * @returns null where all are as they were installed, else what is wrong.
 */
export async function verifyNativeEngine(): Promise<string | null> {
  const problem = nativeEngineProblem()
  const folder = nativeEngineFolder()
  if (problem || !folder) return problem
  const manifest = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')) as NativeEngineManifest
  const addons = nativeAddons.flatMap((addon) => readNativeAddonRecord(folder, addon)?.file ?? [])
  for (const file of [...manifest.files, ...addons]) {
    if ((await sha256OfFile(join(folder, file.name))) !== file.sha256) {
      return `${join(folder, file.name)} was changed after it was installed; delete ${folder} and start again`
    }
  }
  return null
}

async function fill(
  temporary: string,
  list: WheelList,
  platform: WheelPlatform,
  { wheel: given = null, onProgress = () => {} }: InstallationOptions,
): Promise<NativeEngineManifest> {
  const report = (step: InstallationProgress['step'], fraction: number) =>
    onProgress({ step, fraction: Math.min(1, fraction) })
  if (given && !existsSync(given)) throw unavailable(`the wheel ${given} does not exist`)
  const downloadBytes = platform.wheels[0]!.sizeBytes
  if (!given) report('downloading', 0)
  const wheel =
    given ??
    (await downloadWheel(platform, list.version, temporary, (bytes) =>
      report('downloading', bytes / downloadBytes),
    ).catch((error: Error) => {
      const name = platform.wheels[0]!.name
      throw unavailable(
        `${name} could not be downloaded (${error.message}); fetch that file on another machine and run thaw doctor --install ${name}`,
      )
    }))

  report('checking', 0)
  const { size } = await stat(wheel)
  let read = 0
  const sha256 = await sha256OfFile(wheel, (bytes) => report('checking', (read += bytes) / size))
  const known = platform.wheels.find((candidate) => candidate.sha256 === sha256)
  if (!known) {
    throw unavailable(
      `${basename(wheel)} (SHA-256 ${sha256}) is none of the wheels this version knows: ${platform.wheels.map(({ name }) => name).join(', ')}`,
    )
  }

  const entries = await readZipEntries(wheel)
  const entryOf = (name: string) => {
    const entry = entries.get(name)
    if (!entry) throw unavailable(`${basename(wheel)} has no ${name}`)
    return entry
  }
  const wanted = [...platform.libraries, ...list.notices]
  const total = wanted.reduce((sum, name) => sum + entryOf(name).sizeBytes, 0)
  let unpacked = 0
  const files: NativeEngineManifest['files'] = []
  for (const name of wanted) {
    const target = join(temporary, basename(name))
    const hash = await extractZipEntry(wheel, entryOf(name), target, (bytes) =>
      report('unpacking', (unpacked += bytes) / total),
    )
    files.push({ name: basename(name), sizeBytes: entryOf(name).sizeBytes, sha256: hash })
  }
  const include = join(temporary, 'include')
  for (const name of list.headers) {
    const target = join(include, name.replace(/^tensorflow\/include\//, ''))
    await mkdir(dirname(target), { recursive: true })
    await extractZipEntry(wheel, entryOf(name), target)
  }
  if (!given) await rm(wheel)

  report('compiling', 0)
  const libraries = platform.libraries.map((name) => basename(name))
  const compiler = compileBinding(temporary, include, libraries)
  await rm(include, { recursive: true })
  for (const name of ['tfjs_binding.node', 'preload.node']) {
    const path = join(temporary, name)
    files.push({ name, sizeBytes: (await stat(path)).size, sha256: await sha256OfFile(path) })
  }

  report('loading', 0)
  tryLoading(temporary, libraries)
  return { version: list.version, wheel: known.name, compiler, files }
}

/** A processor without AVX dies on loading: so it is tried in a process of its own before anything is kept. */
function tryLoading(folder: string, libraries: string[]) {
  const program = `
    const [folder, framework] = process.argv.slice(1)
    require(folder + '/preload.node').preload(folder + '/' + framework)
    require(folder + '/tfjs_binding.node')`
  const framework = libraries.find((name) => name.includes('framework'))!
  const { status, signal, stderr } = spawnSync(process.execPath, ['-e', program, folder, framework], {
    encoding: 'utf8',
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3' },
  })
  if (status === 0) return
  const line = stderr.split('\n').find((text) => text.includes('Error')) ?? ''
  throw unavailable(
    `TensorFlow does not load here: ${signal ? `it died of ${signal}` : line || `status ${status}`}`,
  )
}

async function moveIntoPlace(temporary: string, folder: string) {
  try {
    await rename(temporary, folder)
  } catch (error) {
    // Another set-up was faster: its folder is as good.
    if (nativeEngineProblem() !== null) throw error
  }
  const parent = await open(dirname(folder), 'r')
  await parent.sync().finally(() => parent.close())
}

async function removeAbandonedFolders() {
  const dayMs = 24 * 60 * 60 * 1000
  for (const name of await readdir(nativeEnginesFolder())) {
    if (!name.startsWith('.partial-')) continue
    const path = join(nativeEnginesFolder(), name)
    const { mtimeMs } = await stat(path)
    if (Date.now() - mtimeMs > dayMs) await rm(path, { recursive: true, force: true })
  }
}

function compilerAdvice(): string {
  return findCompiler()
    ? "Node's C headers (node_api.h) were not found; install libnode-dev, or run npm ci without --omit=optional"
    : 'a C++ compiler is needed and none was found; install one (Debian: apt-get install g++; macOS: xcode-select --install) and start again'
}

function unavailable(message: string): AppError {
  return new AppError('engine-unavailable', `The native engine could not be set up: ${message}`, {
    engine: 'native',
  })
}
