import { createHash } from 'node:crypto'
import { existsSync, linkSync, mkdirSync } from 'node:fs'
import { dirname, extname, join } from 'node:path'
import Database from 'better-sqlite3'
import { thumbnailPath } from '../../src/imaging/thumbnail-path.ts'
import { sortKeyOf } from '../../src/core/store/tables/images.ts'
import { thaw } from './served.ts'

interface DrawnRow {
  id: number
  sha256: string
  path: string
  relative_path: string
}

const classes = 20

/**
 * A project of many images, a hundredth of them drawn: the others are links to their files, each with a hash and a row of its own.
 *
 * @param project absolute; made where it is not there
 * @param images a multiple of 2,000
 */
export async function makeManyImages(folder: string, project: string, images: number): Promise<void> {
  if (existsSync(project)) return
  const copies = 100
  await thaw(
    ...[folder, 'sample', project, '--images', String(images / copies), '--size', '64'],
    ...['--classes', String(classes), '--seed', '1'],
  )
  const database = new Database(join(project, 'project.sqlite'))
  const thumbnails = join(project, 'cache', 'thumbnails')
  const insertImage = database.prepare(
    `INSERT INTO images (sha256, path, relative_path, sort_key, size_bytes, modified_ms, width, height, format, status, import_id)
     SELECT @sha256, @path, @name, @key, size_bytes, modified_ms, width, height, format, status, import_id FROM images WHERE id = @id`,
  )
  const insertLabel = database.prepare(
    'INSERT INTO annotations (image_id, class_id) SELECT @copy, class_id FROM annotations WHERE image_id = @id',
  )
  const insertMeasured = database.prepare(
    `INSERT INTO image_measurements (image_id, version, perceptual_hash, brightness, contrast, sharpness, saturation, compared_by)
     SELECT @copy, version, perceptual_hash, brightness, contrast, sharpness, saturation, compared_by
     FROM image_measurements WHERE image_id = @id`,
  )
  const drawn = database
    .prepare<[], DrawnRow>('SELECT id, sha256, path, relative_path FROM images ORDER BY id')
    .all()
  database.transaction(() => {
    for (const row of drawn) {
      for (let copy = 1; copy < copies; copy += 1) {
        const suffix = ` copy ${copy}${extname(row.path)}`
        const path = row.path.slice(0, -extname(row.path).length) + suffix
        const name = row.relative_path.slice(0, -extname(row.path).length) + suffix
        const sha256 = createHash('sha256').update(`${row.sha256} ${copy}`).digest('hex')
        const thumbnail = thumbnailPath(thumbnails, sha256)
        mkdirSync(dirname(thumbnail), { recursive: true })
        linkSync(thumbnailPath(thumbnails, row.sha256), thumbnail)
        linkSync(row.path, path)
        const { lastInsertRowid } = insertImage.run({ sha256, path, name, key: sortKeyOf(name), id: row.id })
        insertLabel.run({ copy: lastInsertRowid, id: row.id })
        insertMeasured.run({ copy: lastInsertRowid, id: row.id })
      }
    }
  })()
  database.close()
}
