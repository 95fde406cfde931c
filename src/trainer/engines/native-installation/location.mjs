// Plain JavaScript, since the first lines that run (bin/, scripts/) read it on a Node that knows no TypeScript.
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))

export function cacheFolder(env = process.env, platform = process.platform) {
  if (env.THAW_CACHE) return env.THAW_CACHE
  if (platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'thaw')
  if (platform === 'win32') {
    return join(env.LOCALAPPDATA || join(homedir(), 'AppData', 'Local'), 'thaw', 'cache')
  }
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'thaw')
}

export function readWheelList() {
  return JSON.parse(readFileSync(join(here, 'wheels.json'), 'utf8'))
}

export function platformKey() {
  return `${process.platform}-${process.arch}`
}

export function nativeEnginesFolder() {
  return join(cacheFolder(), 'engines', 'native')
}

export function nativeEngineFolder() {
  const list = readWheelList()
  const platform = list.platforms[platformKey()]
  if (!platform) return null
  // The sources are part of the name: a change of the binding's build makes a new folder, never a mixed one.
  const parts = [list.version, String(list.layout), platformKey(), JSON.stringify(platform)]
  parts.push(readFileSync(join(here, 'preload.cc'), 'utf8'))
  const hash = createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 12)
  return join(nativeEnginesFolder(), `${list.version}-${hash}`)
}

const addonFolders = { 'jpeg-decoder': 'native-decoder', 'thaw-kernels': 'native-kernels' }

export const nativeAddons = Object.keys(addonFolders)

export function nativeAddonSources(addon) {
  return join(here, '..', addonFolders[addon])
}

export function nativeAddonName(addon) {
  const folder = nativeAddonSources(addon)
  const hash = createHash('sha256')
  for (const name of readdirSync(folder).sort()) {
    if (/\.(cc|h)$|^compile-/.test(name)) hash.update(readFileSync(join(folder, name)))
  }
  return `${addon}-${hash.digest('hex').slice(0, 12)}`
}

export function readNativeAddonRecord(folder, addon) {
  try {
    return JSON.parse(readFileSync(join(folder, `${nativeAddonName(addon)}.json`), 'utf8'))
  } catch {
    return null
  }
}

export function nativeAddonProblem(addon) {
  const problem = nativeEngineProblem()
  if (problem) return problem
  const folder = nativeEngineFolder()
  const record = readNativeAddonRecord(folder, addon)
  if (!record) return 'it is not set up yet'
  if (record.problem) return record.problem
  try {
    const { name, sizeBytes } = record.file
    const size = statSync(join(folder, name)).size
    return size === sizeBytes ? null : `${join(folder, name)} should have ${sizeBytes} bytes and has ${size}`
  } catch (error) {
    return `it is damaged (${error.message})`
  }
}

export function nativeEngineProblem() {
  const folder = nativeEngineFolder()
  if (!folder) {
    const known = Object.keys(readWheelList().platforms).join(', ')
    return `no TensorFlow library is published for ${platformKey()} (there is one for ${known})`
  }
  const manifestPath = join(folder, 'manifest.json')
  if (!existsSync(manifestPath)) return 'it is not set up yet'
  try {
    const manifest = JSON.parse(readFileSync(manifestPath, 'utf8'))
    for (const file of manifest.files) {
      const size = statSync(join(folder, file.name)).size
      if (size !== file.sizeBytes) {
        return `${join(folder, file.name)} should have ${file.sizeBytes} bytes and has ${size}`
      }
    }
  } catch (error) {
    return `its folder ${folder} is damaged (${error.message})`
  }
  return null
}
