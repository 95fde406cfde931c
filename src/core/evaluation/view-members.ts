import { AppError } from '../../contract/errors.ts'
import { listImages } from '../images/listing/list-images.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import { listViews } from '../views/views.ts'

/** The images of a saved view. */
export interface ViewMembers {
  readonly id: number
  readonly name: string
  readonly imageIds: ReadonlySet<number>
}

/** The images of every saved view, but for one whose run is gone, which shows nothing any more. */
export async function viewMembers(project: OpenProject): Promise<ViewMembers[]> {
  const members: ViewMembers[] = []
  for (const { id, name, filter } of listViews(project)) {
    try {
      const { ids } = await listImages(project, { filter })
      members.push({ id, name, imageIds: new Set(ids) })
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'run-not-found') throw error
    }
  }
  return members
}
