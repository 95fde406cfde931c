import { readFile } from 'node:fs/promises'
import { AppError } from '../../contract/errors.ts'
import type { ReportedPicture } from '../../reports/report-data.ts'
import type { Media } from '../images/media.ts'
import type { OpenProject } from '../projects/open-projects.ts'

/** Gives images a picture and a name, or, without `pictures`, neither. */
export function reportPictures(project: OpenProject, media: Pick<Media, 'thumbnail'>, pictures: boolean) {
  const findName = project.database
    .prepare<[string], string>('SELECT relative_path FROM images WHERE sha256 = ?')
    .pluck()
  const pictureOf = async (sha256: string): Promise<ReportedPicture> => {
    if (!pictures) return { sha256, name: null, thumbnail: null }
    return { sha256, name: findName.get(sha256) ?? null, thumbnail: await thumbnailOf(sha256) }
  }
  async function thumbnailOf(sha256: string): Promise<string | null> {
    try {
      const { path, contentType } = await media.thumbnail(project.id, sha256)
      return `data:${contentType};base64,${(await readFile(path)).toString('base64')}`
    } catch (error) {
      // An image that is gone leaves its place empty, and its name stands below it.
      if (error instanceof AppError) return null
      throw error
    }
  }
  return <Item extends { sha256: string }>(
    items: readonly Item[],
  ): Promise<(Item & { picture: ReportedPicture })[]> =>
    Promise.all(items.map(async (item) => ({ ...item, picture: await pictureOf(item.sha256) })))
}
