import { createBirpc } from 'birpc'
import { AppError, fromErrorPayload } from '../../../contract/errors.ts'
import type { EventName, EventPayload } from '../../../contract/events.ts'
import type { RequestInput, RequestName, RequestOutput } from '../../../contract/requests/index.ts'
import type { ClientFunctions, CoreFunctions, Wire } from '../../../contract/wire.ts'

export type ConnectionState = 'connecting' | 'connected' | 'lost'

/** How long a request waits for a wire before it fails with `connection-lost`. */
const connectTimeoutMs = 15_000

export interface Client {
  /** @throws AppError as core threw it; `connection-lost` where the answer can no longer come. */
  request<Name extends RequestName>(name: Name, input: RequestInput<Name>): Promise<RequestOutput<Name>>
  /** @returns a function that ends the subscription. */
  on<Name extends EventName>(name: Name, listener: (payload: EventPayload<Name>) => void): () => void
  /** Called after every connection but the first: what was read before may be stale, so read it again. */
  onReconnected(listener: () => void): () => void
  onStateChanged(listener: (state: ConnectionState) => void): () => void
  readonly state: ConnectionState
}

/**
 * Core's requests and events over whatever wire is there at the moment.
 *
 * @param connect Called once; calls `onWire` with each new wire, the first and those after a loss.
 */
export function createClient(connect: (onWire: (wire: Wire) => void) => void): Client {
  const listeners = new Map<string, Set<(payload: never) => void>>()
  const reconnectedListeners = new Set<() => void>()
  const stateListeners = new Set<(state: ConnectionState) => void>()
  let state: ConnectionState = 'connecting'
  let remote: { request: CoreFunctions['request'] } | null = null
  let waiting: (() => void)[] = []
  let connections = 0
  let currentWire: Wire | null = null

  function setState(next: ConnectionState): void {
    if (state === next) return
    state = next
    for (const listener of stateListeners) listener(next)
  }

  connect((wire) => {
    const functions: ClientFunctions = {
      event(name, payload) {
        for (const listener of listeners.get(name) ?? []) listener(payload as never)
      },
    }
    const rpc = createBirpc<CoreFunctions, ClientFunctions>(functions, {
      post: (message) => wire.post(message),
      on: (listener) => wire.onMessage(listener),
      timeout: -1,
    })
    currentWire = wire
    remote = { request: (name, input) => rpc.request(name, input) as never }
    wire.onClose(() => {
      rpc.$close(connectionLost())
      if (currentWire !== wire) return
      currentWire = null
      remote = null
      setState('lost')
    })
    connections++
    setState('connected')
    for (const resume of waiting.splice(0)) resume()
    if (connections > 1) for (const listener of reconnectedListeners) listener()
  })

  function connected(): Promise<void> {
    if (remote) return Promise.resolve()
    return new Promise((resolve, reject) => {
      const resume = () => {
        clearTimeout(timer)
        resolve()
      }
      const timer = setTimeout(() => {
        waiting = waiting.filter((other) => other !== resume)
        reject(connectionLost())
      }, connectTimeoutMs)
      waiting.push(resume)
    })
  }

  return {
    async request(name, input) {
      await connected()
      if (!remote) throw connectionLost()
      const result = await remote.request(name, input)
      if (result.ok) return result.value
      throw fromErrorPayload(result.error)
    },
    on(name, listener) {
      const ofName = listeners.get(name) ?? new Set()
      listeners.set(name, ofName)
      ofName.add(listener as (payload: never) => void)
      return () => ofName.delete(listener as (payload: never) => void)
    },
    onReconnected(listener) {
      reconnectedListeners.add(listener)
      return () => reconnectedListeners.delete(listener)
    },
    onStateChanged(listener) {
      stateListeners.add(listener)
      return () => stateListeners.delete(listener)
    },
    get state() {
      return state
    },
  }
}

function connectionLost(): AppError {
  return new AppError(
    'connection-lost',
    'The connection to Thaw was lost before an answer came. It reconnects by itself; look whether the change was made.',
  )
}
