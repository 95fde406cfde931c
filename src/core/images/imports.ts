import { dirname } from 'node:path'
import type { BackgroundJob, ImportReport } from '../../contract/entities.ts'
import { AppError } from '../../contract/errors.ts'
import type { ImportCause } from '../../contract/events.ts'
import { requests, type RequestOutput, type RequestParsedInput } from '../../contract/requests/index.ts'
import type { CoreContext } from '../context.ts'
import type { ImportPlan, ImportScan, ImportWork } from '../importers/importer.ts'
import { openImport } from '../importers/index.ts'
import { scanFiles } from '../importers/listed-images.ts'
import { oncePerCore } from '../once-per-core.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import { uploadFolderOf } from '../uploads/uploads.ts'
import { imageReadsOf } from './image-reads.ts'
import { keepUpload } from './keep-upload.ts'
import { startImportJob, type ImportJob, type UnpackImport } from './import-job.ts'
import { keepGivenFiles, type NamedFile } from './keep-given-files.ts'
import { findMissingImages } from './missing-images.ts'
import { beginImport, registerImport, unpackingInput } from './register-import.ts'

/** The imports of every open project, and what goes on behind them. */
export interface Imports {
  /** Registers every candidate and returns, or unpacks them first; that, and the reading, goes on as a job. @throws as `images.import` */
  start(input: RequestParsedInput<'images.import'>, by?: ImportCause): Promise<RequestOutput<'images.import'>>
  /** As `start`, of files that a person gave one by one, without labels. @throws source-not-found, disk-full */
  startFiles(
    projectId: string,
    files: readonly NamedFile[],
    folderName: string,
  ): Promise<RequestOutput<'images.import'> & { paths: string[] }>
  /** @throws job-not-found, or what ended the job */
  report(projectId: string, jobId: string): Promise<ImportReport>
  /** @throws job-not-found */
  cancel(projectId: string, jobId: string): void
  /** @throws job-not-found */
  pause(projectId: string, jobId: string): void
  /** @throws job-not-found */
  resume(projectId: string, jobId: string): void
  list(projectId: string): BackgroundJob[]
  /** Waits until every file of the project was looked for since it was opened: then `missing` is right. */
  lookAround(project: OpenProject): Promise<void>
  /** Pauses all of them: the next time their project is opened they go on. */
  close(): Promise<void>
}

const lookAroundAfterMs = 2000
const endedJobsKept = 20

interface ProjectWork {
  jobs: Map<string, ImportJob>
  lookAround: AbortController
  timer: NodeJS.Timeout
  /** The look at every file that each opening of a project has once. */
  looked: Promise<void> | null
}

/** Imports that were cut off, and those with images that nobody read: shown again by undo, for example. */
function unfinishedImports({ database }: OpenProject): number[] {
  return database
    .prepare<[], number>(
      `SELECT id FROM imports WHERE finished_at IS NULL
       UNION SELECT DISTINCT import_id FROM images WHERE status = 'pending' AND removed_at IS NULL AND import_id IS NOT NULL
       ORDER BY 1`,
    )
    .pluck()
    .all()
}

function createImports(context: CoreContext): Imports {
  const work = new Map<string, ProjectWork>()

  function startJob(
    project: OpenProject,
    importId: number,
    options: { by?: ImportCause; unpack?: UnpackImport } = {},
  ): ImportJob {
    const job = startImportJob(context, project, importId, options)
    const jobs = work.get(project.id)?.jobs
    if (jobs) {
      const ended = [...jobs.values()].filter((other) => !['running', 'paused'].includes(other.state().state))
      for (const other of ended.slice(0, -endedJobsKept)) jobs.delete(other.id)
      jobs.set(job.id, job)
    }
    return job
  }

  function register(
    input: RequestParsedInput<'images.import'>,
    scan: ImportScan,
    startedAt: number,
    by: ImportCause,
  ): RequestOutput<'images.import'> {
    const { projectId } = input
    // Only now: it may have been closed while the source was looked through.
    const project = context.projects.get(projectId)
    const { importId, registered } = project.transaction(() => {
      const id = beginImport(project, input, startedAt, { found: 0 })
      return { importId: id, registered: registerImport(context, project, id, input, scan) }
    })
    context.publish('images.listChanged', { projectId })
    context.publish('classes.changed', { projectId })
    return { jobId: startJob(project, importId, { by }).id, registered }
  }

  /** Goes on with an import that was cut off. */
  function resume(project: OpenProject, importId: number): void {
    const input = unpackingInput(project, importId)
    const unpack = input && {
      input,
      scan: async (importWork: ImportWork) =>
        (await openImport(input.source, input.format, input)).plan.scan(importWork),
    }
    startJob(project, importId, { unpack })
  }

  async function lookAround(project: OpenProject): Promise<void> {
    const own = work.get(project.id)
    if (!own) return
    clearTimeout(own.timer)
    own.looked ??= findMissingImages(context, project, own.lookAround.signal).then(
      () => {},
      (error: unknown) => {
        context.log.error({ error, project: project.path }, 'looking for missing files failed')
      },
    )
    await own.looked
  }

  const stopOpen = context.projects.onOpen((project) => {
    const timer = setTimeout(() => void lookAround(project), lookAroundAfterMs)
    timer.unref()
    work.set(project.id, { jobs: new Map(), lookAround: new AbortController(), timer, looked: null })
    for (const importId of unfinishedImports(project)) resume(project, importId)
  })
  context.projects.onClose(async (project) => {
    const own = work.get(project.id)
    clearTimeout(own?.timer)
    own?.lookAround.abort()
    await Promise.all([...(own?.jobs.values() ?? [])].map((job) => job.suspend()))
    const reads = imageReadsOf(context, project)
    try {
      reads.flush()
    } catch (error) {
      context.log.error({ error, project: project.path }, 'reads could not be stored; they are read again')
    }
    reads.close()
    work.delete(project.id)
  })

  function findJob(projectId: string, jobId: string): ImportJob {
    context.projects.get(projectId)
    const job = work.get(projectId)?.jobs.get(jobId)
    if (job) return job
    throw new AppError(
      'job-not-found',
      `There is no job ${jobId} in this project; it may have ended long ago.`,
      {
        jobId,
      },
    )
  }

  async function scanAndRegister(
    input: RequestParsedInput<'images.import'>,
    startedAt: number,
    plan: ImportPlan,
    by: ImportCause,
  ): Promise<RequestOutput<'images.import'>> {
    if (plan.unpacks) throw new Error('a source that is unpacked is no source that is registered')
    return register(input, await plan.scan(), startedAt, by)
  }

  return {
    async start(given, by = 'person') {
      const startedAt = Date.now()
      const { source, format, plan } = await openImport(given.source, given.format, given)
      const { projectId } = given
      if (source.path === context.projects.get(projectId).path) {
        throw new AppError(
          'import-invalid',
          `${source.path} cannot be imported into itself. Choose another project.`,
          {
            path: source.path,
          },
        )
      }
      // What is unpacked lies in the project already.
      const input = { ...given, format, storage: plan.unpacks ? ('link' as const) : given.storage }
      if (plan.unpacks) {
        const project = context.projects.get(projectId)
        const importId = project.transaction(() =>
          beginImport(project, input, startedAt, { found: 0, unpack: input }),
        )
        const scan = (importWork: ImportWork) => plan.scan(importWork)
        return { jobId: startJob(project, importId, { by, unpack: { input, scan } }).id, registered: 0 }
      }
      const upload = uploadFolderOf(context.dataDir, source.path)
      const kept =
        upload === null ? null : await keepUpload(context.projects.get(projectId), upload, source.path)
      try {
        if (!kept) return await scanAndRegister({ ...input, source: source.path }, startedAt, plan, by)
        const moved = await openImport(kept.source, format, given)
        return await scanAndRegister(
          { ...input, source: kept.source, storage: 'link' },
          startedAt,
          moved.plan,
          by,
        )
      } catch (error) {
        await kept?.discard()
        throw error
      }
    },
    async startFiles(projectId, files, folderName) {
      const startedAt = Date.now()
      const paths = await keepGivenFiles(context.projects.get(projectId), context.dataDir, files, folderName)
      const source = dirname(paths[0] ?? '')
      const input = requests['images.import'].input.parse({ projectId, source, labels: 'none' })
      const scan = await scanFiles(files.map(({ name }, index) => ({ path: paths[index] ?? '', name })))
      return { ...register(input, scan, startedAt, 'person'), paths }
    },
    lookAround,
    report: (projectId, jobId) => findJob(projectId, jobId).report,
    cancel: (projectId, jobId) => findJob(projectId, jobId).cancel(),
    pause: (projectId, jobId) => findJob(projectId, jobId).pause(),
    resume: (projectId, jobId) => findJob(projectId, jobId).resume(),
    list(projectId) {
      context.projects.get(projectId)
      return [...(work.get(projectId)?.jobs.values() ?? [])].map((job) => job.state())
    },
    async close() {
      stopOpen()
      const jobs = [...work.values()].flatMap((own) => [...own.jobs.values()])
      await Promise.all(jobs.map((job) => job.suspend()))
      for (const own of work.values()) {
        clearTimeout(own.timer)
        own.lookAround.abort()
      }
    },
  }
}

/** The one set of imports of a core. */
export const importsOf = oncePerCore(createImports)
