/** One pinned file on the Python package index. */
export interface Wheel {
  name: string
  sizeBytes: number
  sha256: string
}

/** What to take for one platform. `wheels` are alternatives that hold the same libraries; the first is downloaded. */
export interface WheelPlatform {
  package: string
  pipPlatform: string
  libraries: string[]
  wheels: Wheel[]
}

/** `wheels.json`. `layout` counts up when the contents of an installed folder change. */
export interface WheelList {
  version: string
  layout: number
  headers: string[]
  notices: string[]
  platforms: Record<string, WheelPlatform | undefined>
}

/** `manifest.json` of an installed folder. */
export interface NativeEngineManifest {
  version: string
  wheel: string
  compiler: string
  files: { name: string; sizeBytes: number; sha256: string }[]
}

/** What is compiled beside the binding, and left out where that fails: the JPEG decoder, and Thaw's own kernels. */
export type NativeAddon = 'jpeg-decoder' | 'thaw-kernels'

/** What became of an addon's set-up: a file, or why there is none and when that was found. */
export interface NativeAddonRecord {
  file: { name: string; sizeBytes: number; sha256: string } | null
  problem: string | null
  atMs: number
}

/** Every addon. */
export const nativeAddons: readonly NativeAddon[]

/** @returns the person's cache folder: `THAW_CACHE`, or the platform's place. It need not exist yet. */
export function cacheFolder(env?: NodeJS.ProcessEnv, platform?: string): string

/** @returns the pinned wheels of all platforms. */
export function readWheelList(): WheelList

/** @returns such as `linux-x64`. */
export function platformKey(): string

/** @returns the folder that holds every installed version of the native engine. */
export function nativeEnginesFolder(): string

/** @returns the folder of the version that this program needs, installed or not; null where the platform has none. */
export function nativeEngineFolder(): string | null

/**
 * A cheap look at the installed engine: manifest and file sizes, no hashing.
 * @returns null where it is whole, else why it cannot be used.
 */
export function nativeEngineProblem(): string | null

/** @returns the folder of an addon's sources. */
export function nativeAddonSources(addon: NativeAddon): string

/**
 * @returns what its files in the engine's folder are called but for the ending. The sources are part of the name: another version's is
 * left alone, and never loaded.
 */
export function nativeAddonName(addon: NativeAddon): string

/**
 * @param folder the engine's
 * @returns null where it was never tried.
 */
export function readNativeAddonRecord(folder: string, addon: NativeAddon): NativeAddonRecord | null

/**
 * A cheap look at an addon in the installed engine's folder.
 * @returns null where it can be used, else why not: the engine goes on without it.
 */
export function nativeAddonProblem(addon: NativeAddon): string | null
