import { computed, onScopeDispose, shallowRef } from 'vue'
import { useClient } from '../../../client/index.ts'
import { toastError } from '../../../composables/use-errors.ts'
import { base64Of } from '../../../client/base64-of.ts'

/** A picture that was taken. */
export interface Shot {
  readonly name: string
  /** Of what the page shows. */
  readonly url: string
  readonly classId: number | null
  readonly state: 'saving' | 'saved' | 'failed'
  /** Once it is saved. */
  readonly imageId: number | null
  readonly path: string | null
}

/** Those of so long come into the project together, as one entry of its history. */
const gatherMs = 600
const mostAtOnce = 20

/** Pictures on their way into the project: each is written as it is taken, and can be taken back. */
export function useShots(projectId: string) {
  const client = useClient()
  /** The newest first. */
  const shots = shallowRef<readonly Shot[]>([])
  const waiting: { name: string; blob: Blob; classId: number | null }[] = []
  let timer = 0
  let running: Promise<void> = Promise.resolve()
  const saved = computed(() => shots.value.filter(({ state }) => state === 'saved').length)

  function change(names: readonly string[], by: (name: string) => Partial<Shot>): void {
    shots.value = shots.value.map((shot) =>
      names.includes(shot.name) ? { ...shot, ...by(shot.name) } : shot,
    )
  }

  function add(name: string, blob: Blob, classId: number | null): void {
    const url = URL.createObjectURL(blob)
    shots.value = [{ name, url, classId, state: 'saving', imageId: null, path: null }, ...shots.value]
    waiting.push({ name, blob, classId })
    timer ||= window.setTimeout(deliver, gatherMs)
  }

  /** One delivery after another. @returns when all is in the project that was taken until now */
  function deliver(): Promise<void> {
    clearTimeout(timer)
    timer = 0
    running = running.then(async () => {
      while (waiting.length > 0) {
        const { classId } = waiting[0] as { classId: number | null }
        const others = waiting.findIndex((shot) => shot.classId !== classId)
        await send(waiting.splice(0, Math.min(mostAtOnce, others < 0 ? waiting.length : others)), classId)
      }
    })
    return running
  }

  async function send(given: { name: string; blob: Blob }[], classId: number | null): Promise<void> {
    const names = given.map(({ name }) => name)
    try {
      const pictures = await Promise.all(
        given.map(async ({ name, blob }) => ({ name, base64: await base64Of(blob) })),
      )
      const { images } = await client.request('images.addPictures', {
        projectId,
        origin: 'camera',
        classId,
        pictures,
      })
      change(names, (name) => {
        const image = images[names.indexOf(name)]
        return { state: 'saved', imageId: image?.id ?? null, path: image?.path ?? null }
      })
    } catch (error) {
      change(names, () => ({ state: 'failed' }))
      toastError(error)
    }
  }

  /** Takes one back: out of the project too, where it can be brought back by undo. */
  async function remove(name: string): Promise<void> {
    const at = waiting.findIndex((shot) => shot.name === name)
    if (at >= 0) waiting.splice(at, 1)
    else await deliver()
    const shot = shots.value.find((other) => other.name === name)
    if (!shot) return
    shots.value = shots.value.filter((other) => other !== shot)
    URL.revokeObjectURL(shot.url)
    if (shot.imageId === null) return
    try {
      await client.request('images.remove', { projectId, imageIds: [shot.imageId] })
    } catch (error) {
      toastError(error)
    }
  }

  /** Forgets what was taken; it stays in the project. */
  function clear(): void {
    for (const { url } of shots.value) URL.revokeObjectURL(url)
    shots.value = []
  }

  onScopeDispose(() => {
    void deliver()
    clear()
  })
  return { shots, saved, add, deliver, remove, clear }
}
