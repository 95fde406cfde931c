import type { ExportFormat } from '../../contract/entities.ts'
import { cocoExporter } from './coco.ts'
import { csvExporter } from './csv.ts'
import type { Exporter } from './exporter.ts'
import { folderExporter, zipExporter } from './folder.ts'
import { labelStudioExporter } from './label-studio.ts'

/** Every format that data sets can be exported in. */
const exporters: Record<ExportFormat, Exporter> = {
  folder: folderExporter,
  zip: zipExporter,
  csv: csvExporter,
  coco: cocoExporter,
  'label-studio': labelStudioExporter,
}

export function findExporter(format: ExportFormat): Exporter {
  return exporters[format]
}
