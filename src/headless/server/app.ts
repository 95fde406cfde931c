import type { HttpBindings } from '@hono/node-server'
import { Hono } from 'hono'
import { contentSecurityPolicy } from '../../contract/content-security-policy.ts'
import { mediaBase } from '../../contract/media.ts'
import { uploadsBase } from '../../contract/uploads.ts'
import { isRendererBuilt, readRendererFile } from '../../core/host/renderer-files.ts'
import type { ServerOptions } from './create-server.ts'
import { mediaResponse } from './media-response.ts'
import { cookieName, hasToken, refusalOf, tokensEqual, type RequestHead } from './request-checks.ts'
import { addUploadRoutes } from './upload-routes.ts'
import { messagePage } from './web-page.ts'

export interface AppOptions extends Pick<ServerOptions, 'core' | 'log' | 'rendererFolder' | 'startAt'> {
  token: string
  port: number
}

/** What the server gives to a request beside itself. */
export interface AppEnvironment {
  Bindings: HttpBindings
}

/** The HTTP side: checks first, then the token, then page, media and uploads. */
export function createApp(options: AppOptions): Hono<AppEnvironment> {
  const { token, port, rendererFolder } = options
  const app = new Hono<AppEnvironment>()
  const policy = contentSecurityPolicy([`ws://127.0.0.1:${port}`, `ws://localhost:${port}`])

  app.use('*', async (context, next) => {
    const head: RequestHead = {
      method: context.req.method,
      url: context.req.path,
      header: (name) => context.req.header(name),
    }
    const isUpload = context.req.path === uploadsBase || context.req.path.startsWith(`${uploadsBase}/`)
    const refusal = refusalOf(head, port, isUpload ? 'send' : 'read')
    const given = context.req.query('token')
    if (refusal) {
      context.res = new Response(`${refusal.reason}\n`, { status: refusal.status })
    } else if (given !== undefined && tokensEqual(given, token)) {
      // Out of the address, so that neither history nor a copied link holds it. A fragment survives the redirect.
      context.res = new Response(null, {
        status: 303,
        headers: {
          Location: `/${options.startAt ? `#${options.startAt}` : ''}`,
          'Set-Cookie': `${cookieName(port)}=${token}; HttpOnly; SameSite=Strict; Path=/`,
        },
      })
    } else if (hasToken(head, token, port)) {
      await next()
    } else
      context.res = page(401, 'This is Thaw, and it needs its key', [
        'Open the address that `thaw serve` printed when it started: it holds the key of this launch.',
        'If you came here by a link from another page, load this page once more.',
      ])
    for (const [name, value] of Object.entries(safetyHeaders(policy))) {
      if (!context.res.headers.has(name)) context.res.headers.set(name, value)
    }
  })

  app.get(`${mediaBase}/*`, (context) =>
    mediaResponse(options.core.media, context.req.path, context.req.header('if-none-match')),
  )

  addUploadRoutes(app, options.core.uploads, options.log)

  app.get('*', async (context) => {
    const { path } = context.req
    const file = await readRendererFile(rendererFolder, path)
    if (file) {
      return new Response(file.bytes, {
        headers: {
          'Content-Type': file.contentType,
          'Cache-Control': file.immutable ? 'private, max-age=31536000, immutable' : 'no-cache',
        },
      })
    }
    if (path === '/' && !(await isRendererBuilt(rendererFolder))) {
      return page(503, 'The interface is not built', [
        'Start Thaw with `npm start` or `npx thaw serve` in its folder, which build it, or run `npx vite build src/renderer`.',
      ])
    }
    return page(404, 'Not found', ['There is nothing at this address.'])
  })

  app.onError((error) => {
    const logId = crypto.randomUUID().slice(0, 8)
    options.log.error(
      { error: { message: error.message, stack: error.stack }, logId },
      'a page request failed',
    )
    return page(500, 'Something failed that should not', [`The log of this launch has more, under ${logId}.`])
  })
  return app
}

function safetyHeaders(policy: string): Record<string, string> {
  return {
    'Content-Security-Policy': policy,
    'Cache-Control': 'no-store',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Permissions-Policy': 'camera=(self), microphone=(), geolocation=()',
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
  }
}

function page(status: number, title: string, paragraphs: readonly string[]): Response {
  return new Response(messagePage(title, paragraphs), {
    status,
    headers: { 'Content-Type': 'text/html; charset=utf-8' },
  })
}
