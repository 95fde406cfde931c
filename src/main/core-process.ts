// The entry of the utility process that core runs in. It holds core only: trainer and imaging are Node processes of their own.
import { join } from 'node:path'
import { toErrorPayload } from '../contract/errors.ts'
import { createCore } from '../core/create-core.ts'
import { findMedia } from '../core/host/find-media.ts'
import { openLog } from '../core/host/open-log.ts'
import { launchNodeProcess } from '../core/processes/launch-node-process.ts'
import { serve } from '../core/serve.ts'
import type { CoreMessage, Locations, MainMessage } from './core-messages.ts'
import { messagePortWire } from './message-port-wire.ts'

const locations = JSON.parse(process.argv.at(-1) ?? '') as Locations
const parent = process.parentPort
const log = openLog(locations.dataDir)
const picks = new Map<number, (path: string | null) => void>()
const prints = new Map<number, { resolve: (pdf: Uint8Array) => void; reject: (error: Error) => void }>()
let lastAsked = 0

const launch = (entry: string, givesWay = false) =>
  launchNodeProcess(join(locations.sourcesDir, entry), { execPath: locations.nodePath, givesWay })
const core = createCore({
  dataDir: locations.dataDir,
  resourcesDir: locations.resourcesDir,
  host: 'electron',
  keepTrainerWarm: true,
  version: locations.version,
  launchTrainer: launch('trainer/main.ts', true),
  launchImaging: launch('imaging/worker.ts'),
  launchWeights: launch('core/weights/conversion-process.ts'),
  launchAnalysis: launch('core/analysis/analysis-process.ts'),
  log,
  pickFolder(kind) {
    const id = ++lastAsked
    tell({ type: 'pick', id, kind })
    return new Promise((resolve) => picks.set(id, resolve))
  },
  printToPdf(html) {
    const id = ++lastAsked
    tell({ type: 'print', id, html })
    return new Promise((resolve, reject) => prints.set(id, { resolve, reject }))
  },
})

parent.on('message', ({ data, ports }) => {
  const message = data as MainMessage
  switch (message.type) {
    case 'connect':
      if (ports[0]) serve(core, messagePortWire(ports[0]), log)
      return
    case 'media':
      return answer(message.id, async () => ({
        type: 'media',
        id: message.id,
        file: await findMedia(core.media, message.pathname),
      }))
    case 'open-project':
      return answer(message.id, async () => {
        const project = await core.request('projects.open', { path: message.path })
        return { type: 'opened-project', id: message.id, projectId: project.id }
      })
    case 'picked':
      picks.get(message.id)?.(message.path)
      picks.delete(message.id)
      return
    case 'printed': {
      const waiting = prints.get(message.id)
      prints.delete(message.id)
      if (message.pdf) waiting?.resolve(message.pdf)
      else waiting?.reject(new Error(`The report could not be printed: ${message.reason}`))
      return
    }
    case 'close':
      void core
        .close()
        .catch((error: unknown) => log.error({ error: String(error) }, 'core did not close in order'))
        .finally(() => tell({ type: 'closed' }))
  }
})
tell({ type: 'ready' })

function tell(message: CoreMessage): void {
  parent.postMessage(message)
}

function answer(id: number, work: () => Promise<CoreMessage>): void {
  work().then(tell, (error: unknown) => {
    log.warn({ error: String(error) }, 'a request of the main process failed')
    tell({ type: 'failed', id, message: toErrorPayload(error).message })
  })
}
