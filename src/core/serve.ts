import { createBirpc } from 'birpc'
import { toErrorPayload } from '../contract/errors.ts'
import { AppError } from '../contract/errors.ts'
import type { ClientFunctions, CoreFunctions, Wire } from '../contract/wire.ts'
import type { Core } from './create-core.ts'
import type { CoreOptions } from './context.ts'

/** Binds core to one client's wire until the wire closes. */
export function serve(core: Core, wire: Wire, log: CoreOptions['log']): void {
  const functions: CoreFunctions = {
    async request(name, input) {
      try {
        return { ok: true, value: await core.request(name, input) }
      } catch (error) {
        const logId = error instanceof AppError ? undefined : crypto.randomUUID().slice(0, 8)
        if (logId) log.error({ error, request: name, logId }, 'request failed')
        return { ok: false, error: toErrorPayload(error, logId) }
      }
    },
  }
  const client = createBirpc<ClientFunctions, CoreFunctions>(functions, {
    post: (message) => wire.post(message),
    on: (listener) => wire.onMessage(listener),
    eventNames: ['event'],
    timeout: -1,
  })
  const unsubscribe = core.subscribe((name, payload) => {
    void client.event(name, payload)
  })
  wire.onClose(() => {
    unsubscribe()
    client.$close()
  })
}
