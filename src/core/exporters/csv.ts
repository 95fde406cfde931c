import { csvField } from '../../contract/report-csv.ts'
import { csvFileName } from '../importers/csv.ts'
import type { Exporter } from './exporter.ts'
import { placeImages } from './place-images.ts'

/** `labels.csv` (path, class, split, sha256) beside the images, or with their paths. UTF-8 with a mark of it, which spreadsheets want. */
export const csvExporter: Exporter = {
  id: 'csv',
  isArchive: false,
  layOut(given, _classes, options) {
    const images = placeImages(given, options)
    const rows = images.map(({ name, image }) => [
      name,
      image.className ?? '',
      image.split ?? '',
      image.sha256,
    ])
    const lines = [['path', 'class', 'split', 'sha256'], ...rows].map((row) =>
      row.map((field) => csvField(field, options)).join(','),
    )
    return { images, texts: [{ name: csvFileName, content: `\uFEFF${lines.join('\r\n')}\r\n` }], renamed: [] }
  },
}
