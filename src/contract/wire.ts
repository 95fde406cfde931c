import type { ErrorPayload } from './errors.ts'
import type { EventName, EventPayload } from './events.ts'
import type { RequestInput, RequestName, RequestOutput } from './requests/index.ts'

/**
 * A two-way channel of JSON values. An in-memory pair, a MessagePort and a WebSocket are each one; core does not know which.
 * birpc runs over it: the client calls `request`, core calls `event` without an answer.
 */
export interface Wire {
  post(message: unknown): void
  onMessage(listener: (message: unknown) => void): void
  onClose(listener: () => void): void
  close(): void
}

export type RequestResult<Name extends RequestName> =
  { ok: true; value: RequestOutput<Name> } | { ok: false; error: ErrorPayload }

/** What core offers over a wire. */
export interface CoreFunctions {
  request<Name extends RequestName>(name: Name, input: RequestInput<Name>): Promise<RequestResult<Name>>
}

/** What a client offers over a wire. */
export interface ClientFunctions {
  event<Name extends EventName>(name: Name, payload: EventPayload<Name>): void
}

/** In Electron: preload posts this to the page with one MessagePort, when the page asks and after each restart of core. */
export const wirePortMessage = 'thaw:wire'
/** What the page posts to itself when it listens; preload hears it and fetches a port. */
export const wirePortWantedMessage = 'thaw:wire-wanted'
