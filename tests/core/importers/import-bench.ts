import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect } from 'vitest'
import type { Image, ImportReport } from '../../../src/contract/entities.ts'
import type { RequestInput, RequestOutput } from '../../../src/contract/requests/index.ts'
import { createTestCore, type TestCore } from '../../fixtures/test-core.ts'

/** A core with an empty project, and a folder to put data sets in. */
export interface ImportBench {
  test: TestCore
  /** Of the data sets. */
  folder: string
  project: string
  projectId: string
  /** Writes a file below `folder`. @returns its path */
  put(relativePath: string, content: Buffer | string): string
  /** Imports to the end; the report's counts add up. */
  importAll(source: string, options?: Partial<RequestInput<'images.import'>>): Promise<ImportReport>
  preview(
    source: string,
    options?: Partial<RequestInput<'images.previewImport'>>,
  ): Promise<RequestOutput<'images.previewImport'>>
  images(): Promise<Image[]>
  /** `[relative path, class, split]` of every image, in order. */
  labels(): Promise<[string, string | null, string | null][]>
  /** `[path below folder, reason]` of what a report skipped. */
  skippedOf(report: Pick<ImportReport, 'skipped'>): [string, string][]
}

export async function createImportBench(): Promise<ImportBench> {
  const test = createTestCore()
  const folder = join(test.folder, 'data')
  const project = join(test.folder, 'a.thaw')
  const projectId = (await test.core.request('projects.create', { path: project })).id
  const bench: ImportBench = {
    test,
    folder,
    project,
    projectId,
    put(relativePath, content) {
      const path = join(folder, relativePath)
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, content)
      return path
    },
    async importAll(source, options = {}) {
      const { jobId } = await test.core.request('images.import', { projectId, source, ...options })
      const report = await test.core.request('images.importReport', { projectId, jobId })
      expect(report.found).toBe(report.imported + report.duplicates + report.skipped.length)
      return report
    },
    preview: (source, options = {}) => test.core.request('images.previewImport', { source, ...options }),
    async images() {
      const { ids } = await test.core.request('images.ids', { projectId })
      return (await test.core.request('images.get', { projectId, ids })).images
    },
    async labels() {
      const { classes } = await test.core.request('classes.list', { projectId })
      const names = new Map(classes.map(({ id, name }) => [id, name]))
      return (await bench.images()).map(({ relativePath, classId, split }) => [
        relativePath,
        classId === null ? null : (names.get(classId) ?? null),
        split,
      ])
    },
    skippedOf: ({ skipped }) => skipped.map(({ path, reason }) => [path.replace(`${folder}/`, ''), reason]),
  }
  return bench
}
