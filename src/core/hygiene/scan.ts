import { mkdirSync, rmSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { measureVersion } from '../../imaging/measure.ts'
import { runAnalysis } from '../analysis/run-analysis.ts'
import type { CoreContext } from '../context.ts'
import { countUnmeasured, measureImages } from '../images/measure-images.ts'
import { oncePerCore } from '../once-per-core.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import { backgroundJobsOf } from '../runs/background-job.ts'
import { rateSince } from '../runs/rate-since.ts'
import { comparisonVersion, mergePairs, type SimilarPair } from './find-near-duplicates.ts'
import { inParts } from './in-parts.ts'
import { writePictures, type PictureRow } from './pictures-file.ts'

export interface ScanResult {
  /** Measured or compared. */
  images: number
  /** Near duplicates found among them, or between them and others. */
  pairs: number
}

const pageSize = 1000
/** Each holds all pictures in memory: some 150 MB of 100,000. */
const mostProcesses = 4

/** Images that were measured, hidden ones too: undo may bring them back. */
const comparableSql = `FROM image_measurements AS measured JOIN image_layouts AS layouts USING (image_id)
  WHERE measured.version = ${measureVersion}`

/** How many images were not measured or not compared yet. */
export function countToScan(project: OpenProject): number {
  const uncompared = project.database
    .prepare<[number, number], number>(
      `SELECT count(*) FROM image_measurements AS measured JOIN images ON images.id = measured.image_id
       WHERE removed_at IS NULL AND measured.version = ? AND compared_by <> ?`,
    )
    .pluck()
    .get(measureVersion, comparisonVersion)
  return countUnmeasured(project) + (uncompared ?? 0)
}

async function* comparablePages({ database }: OpenProject): AsyncGenerator<PictureRow[]> {
  type Row = { id: number; hash: Buffer; layout: Buffer; comparedBy: number }
  const page = database.prepare<[number, number], Row>(
    `SELECT image_id AS id, perceptual_hash AS hash, layout, compared_by AS comparedBy ${comparableSql}
       AND image_id > ? ORDER BY image_id LIMIT ?`,
  )
  for (let last = 0; database.open;) {
    const rows = page.all(last, pageSize)
    yield rows.map(({ id, hash, layout, comparedBy }) => ({
      id,
      isNew: comparedBy !== comparisonVersion,
      perceptualHash: hash,
      layout,
    }))
    if (rows.length < pageSize) return
    last = rows.at(-1)?.id ?? last
    await nextTurn()
  }
}

/** In an order that leaves nothing out where it ends halfway: images count as compared when all of their pairs are stored. */
async function storePairs(
  project: OpenProject,
  compared: readonly number[],
  pairs: readonly SimilarPair[],
): Promise<void> {
  const { database } = project
  const forget = database.prepare<[string, string]>(
    `DELETE FROM near_duplicates WHERE image_id IN (SELECT value FROM json_each(?))
       OR other_id IN (SELECT value FROM json_each(?))`,
  )
  await inParts(project, compared, (ids) => forget.run(JSON.stringify(ids), JSON.stringify(ids)))
  // An image that another took in meanwhile is no longer there to be alike.
  const insert = database.prepare<[number, number, number, number, number]>(
    `INSERT OR REPLACE INTO near_duplicates (image_id, other_id, similarity) SELECT ?, ?, ?
     WHERE EXISTS (SELECT 1 FROM image_measurements WHERE image_id = ?)
       AND EXISTS (SELECT 1 FROM image_measurements WHERE image_id = ?)`,
  )
  await inParts(project, pairs, (part) => {
    for (const { a, b, similarity } of part) insert.run(a, b, similarity, a, b)
  })
  const mark = database.prepare<[number, string, number]>(
    `UPDATE image_measurements SET compared_by = ? WHERE image_id IN (SELECT value FROM json_each(?)) AND version = ?`,
  )
  await inParts(project, compared, (ids) => mark.run(comparisonVersion, JSON.stringify(ids), measureVersion))
}

type Progress = (phase: 'measuring' | 'comparing', done: number, total: number) => void

/**
 * Compares the pictures of a file in as many processes as there are processors.
 *
 * @returns pairs of image ids
 */
async function compare(
  context: CoreContext,
  path: string,
  signal: AbortSignal,
  onProgress: (done: number, total: number) => void,
): Promise<SimilarPair[]> {
  const of = Math.min(mostProcesses, availableParallelism())
  const looked = Array.from({ length: of }, () => ({ done: 0, total: 0 }))
  const sum = (key: 'done' | 'total'): number => looked.reduce((all, each) => all + each[key], 0)
  const failing = new AbortController()
  const run = async (part: number): Promise<SimilarPair[]> => {
    const { ids, similarities } = await runAnalysis(
      context,
      { type: 'near-duplicates', path, share: { part, of } },
      {
        signal: AbortSignal.any([signal, failing.signal]),
        onProgress(done, total) {
          looked[part] = { done, total }
          if (looked.every((each) => each.total > 0)) onProgress(sum('done'), sum('total'))
        },
      },
    )
    return Array.from(similarities, (similarity, index) => ({
      a: ids[index * 2] as number,
      b: ids[index * 2 + 1] as number,
      similarity,
    }))
  }
  const found = await Promise.all(looked.map((_, part) => run(part))).catch((error: unknown) => {
    // What one of them died of is told; the others need not go on.
    failing.abort()
    throw error
  })
  return mergePairs(found)
}

async function scan(
  context: CoreContext,
  project: OpenProject,
  signal: AbortSignal,
  onProgress: Progress,
): Promise<ScanResult> {
  const measured = await measureImages(context, project, {
    signal,
    onProgress: (done, total) => onProgress('measuring', done, total),
  })
  const compared = project.database
    .prepare<[number], number>(
      `SELECT image_id FROM image_measurements WHERE version = ${measureVersion} AND compared_by <> ?`,
    )
    .pluck()
    .all(comparisonVersion)
  if (compared.length === 0) return { images: measured, pairs: 0 }
  const folder = join(project.folders.cache, 'jobs')
  const path = join(folder, `${crypto.randomUUID()}.pictures`)
  try {
    mkdirSync(folder, { recursive: true })
    await writePictures(path, comparablePages(project))
    const pairs = await compare(context, path, signal, (done, total) => onProgress('comparing', done, total))
    await storePairs(project, compared, pairs)
    return { images: Math.max(measured, compared.length), pairs: pairs.length }
  } finally {
    rmSync(path, { force: true })
  }
}

/** The scans of a core: one at a time for each project. */
export interface Scans {
  /**
   * Measures and compares what was not yet, and tells clients how that goes; joins a scan that runs. What needs neither ends at once.
   *
   * @throws AppError 'cancelled', 'disk-full', 'internal'; what was measured and stored until then stays
   */
  run(project: OpenProject): Promise<ScanResult>
  /** Ends those that run, and waits for that. */
  stop(project: OpenProject): Promise<void>
}

function createScans(context: CoreContext): Scans {
  const running = new WeakMap<OpenProject, { closing: AbortController; result: Promise<ScanResult> }>()
  return {
    run(project) {
      const joined = running.get(project)
      if (joined) return joined.result
      if (countToScan(project) === 0) return Promise.resolve({ images: 0, pairs: 0 })
      const closing = new AbortController()
      const result = backgroundJobsOf(context)
        .run(project.id, 'scan', closing.signal, (onEvent, signal) => {
          const startedAt = new Map<string, number>()
          return scan(context, project, signal, (phase, done, total) => {
            const start = startedAt.get(phase) ?? performance.now()
            startedAt.set(phase, start)
            onEvent({ type: 'progress', phase, done, total, ...rateSince(start, done, total) })
          })
        })
        .finally(() => running.delete(project))
      running.set(project, { closing, result })
      // Whoever joins hears of it; nobody has to.
      result.catch(() => {})
      return result
    },
    async stop(project) {
      const entry = running.get(project)
      entry?.closing.abort()
      await entry?.result.catch(() => {})
    },
  }
}

/** The one set of scans of a core. */
export const scansOf = oncePerCore(createScans)
