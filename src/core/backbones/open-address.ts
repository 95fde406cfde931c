import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from 'node:http'
import { Agent as HttpsAgent, request as requestHttps } from 'node:https'
import type { Duplex } from 'node:stream'
import { AppError } from '../../contract/errors.ts'

const mostRedirects = 5
const redirectStatuses = new Set([301, 302, 303, 307, 308])

export interface AddressRequest {
  /** The first byte that is wanted. */
  readonly offset: number
  /** So long the other side may say nothing, before and after its answer has begun. */
  readonly silenceMs: number
  readonly signal: AbortSignal
  /** What a person can do instead, as the end of a sentence. */
  readonly otherwise: string
}

/**
 * Asks an address for its bytes from `offset` on and follows its redirects, through the proxy that the environment names (HTTPS_PROXY,
 * HTTP_PROXY, NO_PROXY). The answer's stream fails where the connection is cut, stalls, or the signal is given.
 *
 * @throws AppError 'download-failed' where redirects do not end or lead to an address that is not taken; else what the network says,
 *   with `code` 'ETIMEDOUT' after silence
 */
export async function openAddress(address: URL, options: AddressRequest): Promise<IncomingMessage> {
  let url = address
  for (let redirects = 0; ; redirects++) {
    const answer = await ask(url, options)
    const { location } = answer.headers
    if (!redirectStatuses.has(answer.statusCode ?? 0) || location === undefined) return answer
    answer.destroy()
    if (redirects === mostRedirects) {
      throw refused(address, `it leads on to another address more than ${mostRedirects} times`, options)
    }
    const next = URL.parse(location, url.href)
    // What was asked for in secrecy is not fetched in the open.
    const allowed = url.protocol === 'https:' ? ['https:'] : ['https:', 'http:']
    if (!next || !allowed.includes(next.protocol)) {
      throw refused(address, `it leads on to '${location}', which is not fetched`, options)
    }
    url = next
  }
}

function ask(url: URL, { offset, silenceMs, signal }: AddressRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const secure = url.protocol === 'https:'
    const agent = new (secure ? HttpsAgent : HttpAgent)({ proxyEnv: process.env })
    const sockets: (Duplex | null | undefined)[] = []
    const connect = agent.createConnection.bind(agent)
    agent.createConnection = (...options) => {
      const socket = connect(...options)
      sockets.push(socket)
      return socket
    }
    const request = (secure ? requestHttps : requestHttp)(url, {
      agent,
      headers: {
        'user-agent': 'thaw',
        'accept-encoding': 'identity',
        ...(offset > 0 ? { range: `bytes=${offset}-` } : {}),
      },
    })
    let answer: IncomingMessage | undefined
    const settle = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', abort)
    }
    const end = (error: Error) => {
      settle()
      answer?.destroy(error)
      request.destroy(error)
      // While a proxy is asked for a tunnel, the request does not know its socket, and says nothing of its end.
      for (const socket of sockets) socket?.destroy()
      reject(error)
    }
    const abort = () => end(signal.reason as Error)
    // The socket's own time-out does not cover finding and reaching the other side.
    const timer = setTimeout(
      () => end(Object.assign(new Error(`nothing came for ${silenceMs / 1000} s`), { code: 'ETIMEDOUT' })),
      silenceMs,
    )
    request.on('response', (response) => {
      answer = response
      timer.refresh()
      response.on('readable', () => timer.refresh())
      response.on('close', settle)
      resolve(response)
    })
    request.on('error', end)
    signal.addEventListener('abort', abort, { once: true })
    if (signal.aborted) abort()
    else request.end()
  })
}

function refused(address: URL, reason: string, { otherwise }: AddressRequest): AppError {
  return new AppError(
    'download-failed',
    `${address.href} should answer with a file, but ${reason}. Try again later, or ${otherwise}.`,
    { address: address.href, reason },
  )
}
