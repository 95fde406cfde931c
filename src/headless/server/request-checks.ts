import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

/** What is looked at of a request or an upgrade before anything else. Header names are lower case. */
export interface RequestHead {
  method: string
  /** Path and query. */
  url: string
  header(name: string): string | undefined
}

export type Refusal = { status: 401 | 403 | 405 | 421; reason: string }

/** The secret of one launch: 256 bits, in base64url. */
export function createToken(): string {
  return randomBytes(32).toString('base64url')
}

/** Compares without telling by its time how much was right. */
export function tokensEqual(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(expected))
}

/** Cookies know no ports, so the port is part of the name: two servers on one machine do not take each other's. */
export function cookieName(port: number): string {
  return `thaw-${port}`
}

/** The token that a request carries in its cookie or, for the first page, in its address. */
export function hasToken(head: RequestHead, token: string, port: number): boolean {
  const cookies = (head.header('cookie') ?? '').split(';').map((cookie) => cookie.trim())
  const prefix = `${cookieName(port)}=`
  return cookies.some(
    (cookie) => cookie.startsWith(prefix) && tokensEqual(cookie.slice(prefix.length), token),
  )
}

/** What is asked: to read, to send files, to open a WebSocket. */
export type RequestPurpose = 'read' | 'send' | 'upgrade'

const methods: Readonly<Record<RequestPurpose, readonly string[]>> = {
  read: ['GET', 'HEAD'],
  send: ['POST', 'PUT', 'DELETE'],
  upgrade: ['GET'],
}

/**
 * Whether a request came to this server by its own name, from its own page or from no page at all. Another site's page that
 * resolves its name to 127.0.0.1 comes with its own Host; one that just asks comes with its Origin.
 *
 * @param purpose what is more than reading must name its origin
 */
export function refusalOf(head: RequestHead, port: number, purpose: RequestPurpose): Refusal | null {
  if (!methods[purpose].includes(head.method)) {
    return { status: 405, reason: `Only ${methods[purpose].join(', ')} are answered here.` }
  }
  const host = head.header('host')
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`]
  if (host === undefined || !hosts.includes(host)) {
    return { status: 421, reason: `This server answers at ${hosts[0]}.` }
  }
  const origin = head.header('origin')
  if (origin === undefined ? purpose !== 'read' : origin !== `http://${host}`) {
    return { status: 403, reason: 'Pages of other sites have no access.' }
  }
  // Another port of this machine is the same site, to which cookies go; only following a link is fine.
  const site = head.header('sec-fetch-site')
  const foreign = site === 'cross-site' || site === 'same-site'
  if (
    foreign &&
    !(head.header('sec-fetch-mode') === 'navigate' && head.header('sec-fetch-dest') === 'document')
  ) {
    return { status: 403, reason: 'Pages of other sites have no access.' }
  }
  return null
}
