import { pathToFileURL } from 'node:url'
import { net, protocol } from 'electron'
import { contentSecurityPolicy } from '../contract/content-security-policy.ts'
import { mediaBase } from '../contract/media.ts'
import { cacheControls, type FoundMedia } from '../core/host/find-media.ts'
import { readRendererFile } from '../core/host/renderer-files.ts'

/** The page that every window shows. */
export const startPage = 'thaw://app/index.html'

/** Whether an address is one of the app's own. Node gives a scheme of ours no origin to compare. */
export function isAppAddress(address: string): boolean {
  const url = URL.parse(address)
  return url?.protocol === 'thaw:' && url.host === 'app'
}

/** Before the app is ready: makes `thaw:` a scheme like https, with an origin of its own. */
export function registerScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: 'thaw', privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  ])
}

/** Answers `thaw://app/…` with the interface's files and with media. */
export function serveScheme(options: {
  rendererFolder: string
  media: (pathname: string) => Promise<FoundMedia | null>
}): void {
  const policy = contentSecurityPolicy()
  const respond = (
    body: ConstructorParameters<typeof Response>[0],
    status: number,
    headers: Record<string, string>,
  ) =>
    new Response(body, {
      status,
      headers: {
        'Content-Security-Policy': policy,
        'X-Content-Type-Options': 'nosniff',
        'Referrer-Policy': 'no-referrer',
        ...headers,
      },
    })

  protocol.handle('thaw', async (request) => {
    const url = new URL(request.url)
    if (request.method !== 'GET' || !isAppAddress(request.url)) return respond(null, 403, {})
    if (url.pathname.startsWith(`${mediaBase}/`)) {
      const file = await options.media(url.pathname)
      if (!file) return respond(null, 404, { 'Cache-Control': 'no-store' })
      // The path is core's own word, never the page's.
      const { body } = await net.fetch(pathToFileURL(file.path).href)
      return respond(body, 200, {
        'Content-Type': file.contentType,
        'Cache-Control': cacheControls[file.caching],
        'Content-Security-Policy': "default-src 'none'; sandbox",
      })
    }
    const file = await readRendererFile(options.rendererFolder, url.pathname)
    if (!file) return respond('Not found', 404, { 'Content-Type': 'text/plain' })
    return respond(file.bytes, 200, {
      'Content-Type': file.contentType,
      'Cache-Control': file.immutable ? 'max-age=31536000, immutable' : 'no-cache',
    })
  })
}
