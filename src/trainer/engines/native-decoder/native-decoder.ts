import { createRequire } from 'node:module'
import { join } from 'node:path'
import { nativeAddonName, nativeAddonProblem, nativeEngineFolder } from '../native-installation/location.mjs'
import { preloadTensorFlow, tensorFlowLibrary } from '../tensorflow-library.ts'

const require = createRequire(import.meta.url)

/** The JPEG decoder inside TensorFlow's library. */
export interface NativeDecoder {
  /**
   * Reads a JPEG file, turns it upright and reduces it, all on one of libuv's threads, to the pixels that `decodeImage` makes of it, but
   * for rounding.
   *
   * @param path absolute
   * @param sha256 that the file must have, in lower-case hexadecimal; empty: whatever it has
   * @param width pixels, 1 to 16384, as `height`
   * @param stretch both sides are scaled to the rectangle; else it is covered and the overhang cut off evenly
   * @returns uint8 `[height, width, 3]`; null for every file that it does not take: of another format or hash, in another colour space,
   * damaged, or too small. The general decoder decides on those.
   */
  readonly decode: (
    path: string,
    sha256: string,
    width: number,
    height: number,
    stretch: boolean,
  ) => Promise<Uint8Array | null>
}

interface Addon extends NativeDecoder {
  /** @throws Error where the library does not load or lacks the function. */
  readonly open: (library: string) => void
}

let loaded: NativeDecoder | null | undefined

/**
 * Loads the native decoder when it is first asked for, whatever the engine; that loads TensorFlow's library, which takes as long as the
 * native engine's start.
 *
 * @returns null where the set-up left it out, or where it does not load
 */
export function nativeDecoder(): NativeDecoder | null {
  if (loaded === undefined) loaded = load()
  return loaded
}

function load(): NativeDecoder | null {
  const folder = nativeEngineFolder()
  if (folder === null || nativeAddonProblem('jpeg-decoder') !== null) return null
  try {
    preloadTensorFlow(folder)
    const addon = require(join(folder, `${nativeAddonName('jpeg-decoder')}.node`)) as Addon
    addon.open(tensorFlowLibrary(folder, 'libtensorflow_cc'))
    return addon
  } catch {
    // What it would do, sharp does.
    return null
  }
}
