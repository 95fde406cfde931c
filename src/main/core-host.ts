import { fileURLToPath } from 'node:url'
import { MessageChannelMain, utilityProcess, type MessagePortMain, type UtilityProcess } from 'electron'
import type { PickKind } from '../contract/requests/app.ts'
import type { FoundMedia } from '../core/host/find-media.ts'
import type { CoreMessage, Locations, MainMessage } from './core-messages.ts'

/** The process that core runs in, as the main process sees it. */
export interface CoreHost {
  /** A new wire to core: the end for a window. */
  connect(): MessagePortMain
  media(pathname: string): Promise<FoundMedia | null>
  /** @returns the project's id. @throws Error with a message for the person */
  openProject(path: string): Promise<string>
  /** Ends runs and imports in order; resolves when everything is stored. */
  close(): Promise<void>
}

export interface CoreHostOptions {
  locations: Locations
  pickFolder: (kind: PickKind) => Promise<string | null>
  printToPdf: (html: string) => Promise<Uint8Array>
  /** Core's process died by itself. */
  onDeath: (exitCode: number) => void
}

type Answer = Extract<CoreMessage, { id: number }>

const closeLimitMs = 10_000

/** Starts core in a utility process. */
export function startCoreHost(options: CoreHostOptions): CoreHost {
  const entry = fileURLToPath(new URL('core-process.js', import.meta.url))
  const child: UtilityProcess = utilityProcess.fork(entry, [JSON.stringify(options.locations)], {
    serviceName: 'Thaw core',
  })
  const waiting = new Map<number, { resolve: (answer: Answer) => void; reject: (error: Error) => void }>()
  let lastId = 0
  let closing: Promise<void> | null = null
  let onClosed = () => {}

  const tell = (message: MainMessage, ports?: MessagePortMain[]) => child.postMessage(message, ports)

  child.on('message', (message: CoreMessage) => {
    switch (message.type) {
      case 'ready':
        return
      case 'closed':
        return onClosed()
      case 'pick':
        void options
          .pickFolder(message.kind)
          .catch(() => null)
          .then((path) => tell({ type: 'picked', id: message.id, path }))
        return
      case 'print':
        void options.printToPdf(message.html).then(
          (pdf) => tell({ type: 'printed', id: message.id, pdf, reason: '' }),
          (error: unknown) => tell({ type: 'printed', id: message.id, pdf: null, reason: String(error) }),
        )
        return
      case 'failed':
        waiting.get(message.id)?.reject(new Error(message.message))
        break
      default:
        waiting.get(message.id)?.resolve(message)
    }
    waiting.delete(message.id)
  })
  child.on('exit', (exitCode) => {
    for (const { reject } of waiting.values()) reject(new Error('Core ended before it answered.'))
    waiting.clear()
    onClosed()
    if (!closing) options.onDeath(exitCode)
  })

  function ask<Type extends Answer['type']>(
    build: (id: number) => MainMessage,
  ): Promise<Extract<Answer, { type: Type }>> {
    const id = ++lastId
    return new Promise((resolve, reject) => {
      waiting.set(id, { resolve: resolve as (answer: Answer) => void, reject })
      tell(build(id))
    })
  }

  return {
    connect() {
      const { port1, port2 } = new MessageChannelMain()
      tell({ type: 'connect' }, [port1])
      return port2
    },
    async media(pathname) {
      return (await ask<'media'>((id) => ({ type: 'media', id, pathname }))).file
    },
    async openProject(path) {
      return (await ask<'opened-project'>((id) => ({ type: 'open-project', id, path }))).projectId
    },
    close() {
      closing ??= new Promise<void>((resolve) => {
        // What is durable is stored already; a process that hangs must not keep the app open.
        const timer = setTimeout(resolve, closeLimitMs)
        onClosed = () => {
          clearTimeout(timer)
          resolve()
        }
        tell({ type: 'close' })
      }).then(() => void child.kill())
      return closing
    },
  }
}
