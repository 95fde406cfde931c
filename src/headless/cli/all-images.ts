import type { Image } from '../../contract/entities.ts'
import type { ProjectSession } from './session.ts'

const rowsPerRequest = 1000

/** Every image of the project, by path. */
export async function allImages(request: ProjectSession['request']): Promise<Image[]> {
  const { ids } = await request('images.ids', {})
  const images: Image[] = []
  for (let start = 0; start < ids.length; start += rowsPerRequest) {
    const page = await request('images.get', { ids: ids.slice(start, start + rowsPerRequest) })
    for (const image of page.images) images.push(image)
  }
  return images
}
