import { mkdirSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { AppError } from '../../contract/errors.ts'
import type { RequestOutput, RequestParsedInput } from '../../contract/requests/index.ts'
import { replaceFile } from '../../imaging/replace-file.ts'
import { sniff, sniffBytes } from '../../imaging/sniff.ts'
import type { CoreContext } from '../context.ts'
import { safeFileName } from '../importers/safe-file-name.ts'
import { toAppError } from '../store/to-app-error.ts'
import { importsOf } from './imports.ts'
import { freeName } from './keep-upload.ts'
import { picturesFolder } from './pictures-folder.ts'

/**
 * Writes pictures that came as bytes into the project, where they stay, and imports them.
 *
 * @throws import-invalid where one is no picture; class-not-found, disk-full: with nothing of them left behind
 */
export async function addPictures(
  context: CoreContext,
  { projectId, origin, pictures, classId }: RequestParsedInput<'images.addPictures'>,
): Promise<RequestOutput<'images.addPictures'>> {
  const project = context.projects.get(projectId)
  const given = pictures.map(({ name, base64 }) => ({ name, bytes: Buffer.from(base64, 'base64') }))
  for (const { name, bytes } of given) checkPicture(name, bytes)
  const folder = join(picturesFolder(project), origin)
  const paths: string[] = []
  try {
    mkdirSync(folder, { recursive: true })
    for (const { name, bytes } of given) {
      const path = freeName(folder, safeFileName(name))
      replaceFile(path, bytes, { durable: true })
      paths.push(path)
    }
    const { jobId } = await importsOf(context).start(
      {
        projectId,
        source: folder,
        format: 'folder',
        only: paths.map((path) => basename(path)),
        ...(classId === null ? {} : { classId }),
        storage: 'link',
        labels: 'none',
        splitFrom: 'none',
        crops: false,
        coarse: false,
      },
      origin,
    )
    const find = project.database
      .prepare<[string], number>('SELECT image_id FROM image_sources WHERE path = ?')
      .pluck()
    return { jobId, images: paths.map((path) => ({ id: find.get(path) as number, path })) }
  } catch (error) {
    await Promise.all(paths.map((path) => rm(path, { force: true })))
    throw toAppError(error, project.path)
  }
}

function checkPicture(name: string, bytes: Buffer): void {
  const kind = sniff(bytes.subarray(0, sniffBytes))
  if (kind.kind === 'image') return
  throw new AppError(
    'import-invalid',
    `'${name}' should be a picture: JPEG, PNG or WebP. By its bytes it is ${kind.name}.`,
    { path: name, received: kind.name },
  )
}
