import type { Image } from '../../../contract/entities.ts'

const requestSize = 256

/** What changes of an image; where it depends on the image, as a function of it. */
export type ImagePatch = Partial<Image> | ((image: Image) => Partial<Image>)

/**
 * Rows of images by id: what was looked at lately is kept, what is wanted and not there is read in chunks.
 *
 * @param read Answers with rows; ids no longer there are left out.
 * @param changed Called after rows came.
 */
export function createImageCache(
  read: (ids: number[]) => Promise<readonly Image[]>,
  changed: () => void,
  capacity = 6000,
) {
  /** Oldest first: a Map keeps the order of insertion. */
  const rows = new Map<number, Image>()
  const stale = new Set<number>()
  const pending = new Set<number>()
  let generation = 0

  function put(image: Image): void {
    rows.delete(image.id)
    rows.set(image.id, image)
    if (rows.size > capacity) rows.delete(rows.keys().next().value as number)
  }

  async function readChunk(ids: number[], startedIn: number): Promise<void> {
    for (const id of ids) {
      pending.add(id)
      stale.delete(id)
    }
    try {
      const images = await read(ids)
      if (startedIn !== generation) return
      for (const image of images) put(image)
      changed()
    } catch (error) {
      if (startedIn === generation) for (const id of ids) if (rows.has(id)) stale.add(id)
      throw error
    } finally {
      if (startedIn === generation) for (const id of ids) pending.delete(id)
    }
  }

  return {
    get: (id: number): Image | undefined => rows.get(id),
    /** Makes sure that these come. Those at hand count as just used. */
    async want(ids: readonly number[]): Promise<void> {
      const missing: number[] = []
      for (const id of ids) {
        const row = rows.get(id)
        if (row && !stale.has(id)) put(row)
        else if (!pending.has(id)) missing.push(id)
      }
      const chunks: Promise<void>[] = []
      for (let start = 0; start < missing.length; start += requestSize) {
        chunks.push(readChunk(missing.slice(start, start + requestSize), generation))
      }
      await Promise.all(chunks)
    },
    /** These changed in core (null: any may have); shown as they were until read again. */
    invalidate(ids: readonly number[] | null): void {
      for (const id of ids ?? rows.keys()) if (rows.has(id) || pending.has(id)) stale.add(id)
    },
    /** What core has confirmed, ahead of reading it. */
    patch(ids: Iterable<number>, change: ImagePatch): void {
      for (const id of ids) {
        const row = rows.get(id)
        if (row) rows.set(id, { ...row, ...(typeof change === 'function' ? change(row) : change) })
      }
      changed()
    },
    clear(): void {
      generation++
      rows.clear()
      stale.clear()
      pending.clear()
    },
    get size() {
      return rows.size
    },
  }
}

export type ImageCache = ReturnType<typeof createImageCache>
