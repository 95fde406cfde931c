import { cpus, release, type } from 'node:os'
import { basename } from 'node:path'
import type { ReportOrigin } from '../../reports/report-data.ts'
import type { OpenProject } from '../projects/open-projects.ts'

/** When, where and by what a report is made. The way to the project's folder is nobody's business. */
export function reportOrigin(
  { name, path }: Pick<OpenProject, 'name' | 'path'>,
  version: string,
): ReportOrigin {
  const processors = cpus()
  const model = processors[0]?.model.trim() ?? ''
  return {
    madeAt: Date.now(),
    version,
    system: `${type()} ${release()}, ${process.arch}`,
    processor: model === '' ? '' : `${model} × ${processors.length}`,
    project: { name, folder: basename(path) },
  }
}
