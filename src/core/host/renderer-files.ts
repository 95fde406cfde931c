import { readFile, realpath, stat } from 'node:fs/promises'
import { extname, join, sep } from 'node:path'

/** A file of the built interface. */
export interface RendererFile {
  bytes: Uint8Array<ArrayBuffer>
  contentType: string
  /** Its name holds a hash of its content: it may be cached for ever. */
  immutable: boolean
}

const contentTypes: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
}

/** Whether the interface was built into `folder`. */
export async function isRendererBuilt(folder: string): Promise<boolean> {
  return (await stat(join(folder, 'index.html')).catch(() => null))?.isFile() ?? false
}

/**
 * Reads the file that the path of a URL names, for a host's page.
 *
 * @param pathname as in the URL, percent-encoded, beginning with a slash
 * @returns null where there is no such file, its type is none of an interface's, or the path leads out of the folder
 */
export async function readRendererFile(folder: string, pathname: string): Promise<RendererFile | null> {
  const relative = relativePathOf(pathname)
  if (relative === null) return null
  const contentType = contentTypes[extname(relative)]
  if (contentType === undefined) return null
  const root = await realpath(folder).catch(() => null)
  const path = root === null ? null : await realpath(join(root, relative)).catch(() => null)
  // A link inside the folder may lead out of it.
  if (root === null || path === null || !path.startsWith(root + sep)) return null
  if (!(await stat(path)).isFile()) return null
  return { bytes: await readFile(path), contentType, immutable: relative.startsWith('assets/') }
}

function relativePathOf(pathname: string): string | null {
  let decoded: string
  try {
    decoded = decodeURIComponent(pathname)
  } catch {
    return null
  }
  const relative = decoded.replace(/^\/+/, '') || 'index.html'
  const unsafe =
    /[\\\0:]/.test(relative) || relative.split('/').some((part) => part === '' || part.startsWith('.'))
  return unsafe ? null : relative
}
