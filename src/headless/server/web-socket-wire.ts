import type { WebSocket } from 'ws'
import type { Wire } from '../../contract/wire.ts'

export interface WebSocketWireLimits {
  /** Above this many unsent bytes, progress waits, and only its last state is sent. */
  coalesceAboveBytes: number
  /** Above this many the client is dropped; it connects again and catches up. */
  dropAboveBytes: number
  flushEveryMs: number
}

const defaultLimits: WebSocketWireLimits = {
  coalesceAboveBytes: 256 * 1024,
  dropAboveBytes: 64 * 1024 * 1024,
  flushEveryMs: 100,
}

/** The part of a socket that a wire needs. */
export type WireSocket = Pick<
  WebSocket,
  'send' | 'close' | 'terminate' | 'on' | 'bufferedAmount' | 'readyState'
>

const openState = 1

/** A wire over a WebSocket: JSON text. A slow client gets the newest progress of each subject; rows are never left out. */
export function webSocketWire(socket: WireSocket, limits: WebSocketWireLimits = defaultLimits): Wire {
  const waiting = new Map<string, unknown>()
  let timer: NodeJS.Timeout | null = null

  function send(message: unknown): void {
    if (socket.readyState !== openState) return
    if (socket.bufferedAmount > limits.dropAboveBytes) return socket.terminate()
    socket.send(JSON.stringify(message))
  }
  function flush(): void {
    timer = null
    if (socket.readyState !== openState) return waiting.clear()
    if (socket.bufferedAmount <= limits.coalesceAboveBytes) {
      for (const message of waiting.values()) send(message)
      waiting.clear()
    }
    schedule()
  }
  function schedule(): void {
    if (waiting.size > 0 && timer === null) timer = setTimeout(flush, limits.flushEveryMs).unref()
  }

  socket.on('close', () => {
    if (timer) clearTimeout(timer)
    waiting.clear()
  })
  return {
    post(message) {
      const progress = progressOf(message)
      if (progress === null) return send(message)
      if (progress.last) {
        waiting.delete(progress.subject)
        send(message)
      } else if (waiting.has(progress.subject) || socket.bufferedAmount > limits.coalesceAboveBytes) {
        waiting.set(progress.subject, message)
        schedule()
      } else send(message)
    },
    onMessage(listener) {
      socket.on('message', (data, isBinary) => {
        const message = isBinary ? null : parseMessage(String(data))
        if (message === null) socket.close(1007, 'expected a JSON object')
        else listener(message)
      })
    },
    onClose: (listener) => void socket.on('close', () => listener()),
    close: () => socket.close(),
  }
}

function parseMessage(text: string): object | null {
  try {
    const message: unknown = JSON.parse(text)
    return typeof message === 'object' && message !== null && !Array.isArray(message) ? message : null
  } catch {
    return null
  }
}

interface EventMessage {
  m?: unknown
  a?: [name?: unknown, payload?: { progress?: { runId?: string }; job?: { id?: string; state?: string } }]
}

/** What a message tells the progress of, and whether it is the end of that; null where it is no progress. */
function progressOf(message: unknown): { subject: string; last: boolean } | null {
  const { m, a } = message as EventMessage
  if (m !== 'event' || !a) return null
  const [name, payload] = a
  if (name === 'runs.progress') return { subject: `run ${payload?.progress?.runId}`, last: false }
  if (name !== 'jobs.progress') return null
  return { subject: `job ${payload?.job?.id}`, last: payload?.job?.state !== 'running' }
}
