import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import { toErrorPayload } from '../../../contract/errors.ts'
import type { EventPayload } from '../../../contract/events.ts'
import type { RequestInput, RequestOutput } from '../../../contract/requests/index.ts'
import { useClient } from '../client/index.ts'

/** What goes on, or went on, with the weights of one backbone. */
export interface WeightsWork {
  kind: 'add' | 'download'
  active: boolean
  /** Null until the first news. */
  progress: EventPayload<'backbones.progress'> | null
  error: unknown
  /** What was installed. */
  added: RequestOutput<'backbones.add'> | null
}

/** A model of the person's own, with the id that it gets. */
export type NewModel = RequestInput<'backbones.addModel'> & { id: string }

/** Weights that are being added and downloaded: they go on while other pages are looked at. */
export const useWeightsWorkStore = defineStore('weights-work', () => {
  const client = useClient()
  const works = shallowRef<ReadonlyMap<string, WeightsWork>>(new Map())
  const activeIds = computed(() => [...works.value].filter(([, work]) => work.active).map(([id]) => id))

  function set(id: string, work: WeightsWork | null): void {
    const next = new Map(works.value)
    if (work) next.set(id, work)
    else next.delete(id)
    works.value = next
  }

  async function run(
    id: string,
    kind: WeightsWork['kind'],
    request: () => Promise<RequestOutput<'backbones.add'>>,
  ): Promise<void> {
    if (works.value.get(id)?.active) return
    const begun: WeightsWork = { kind, active: true, progress: null, error: null, added: null }
    set(id, begun)
    try {
      const added = await request()
      set(id, { ...begun, active: false, added })
    } catch (error) {
      const isCancelled = toErrorPayload(error).code === 'cancelled'
      set(id, isCancelled ? null : { ...begun, active: false, error })
    }
  }

  client.on('backbones.progress', (progress) => {
    const work = works.value.get(progress.id)
    if (work?.active) set(progress.id, { ...work, progress })
  })

  return {
    works,
    activeIds,
    add: (id: string, file: string) => run(id, 'add', () => client.request('backbones.add', { id, file })),
    addModel: (model: NewModel) => run(model.id, 'add', () => client.request('backbones.addModel', model)),
    download: (id: string, source: string) =>
      run(id, 'download', () => client.request('backbones.download', { id, source })),
    async cancel(id: string): Promise<void> {
      const kind = works.value.get(id)?.kind
      await client.request(kind === 'download' ? 'backbones.cancelDownload' : 'backbones.cancelAdd', { id })
    },
    /** Takes away what it ended with. */
    forget: (id: string) => set(id, null),
  }
})
