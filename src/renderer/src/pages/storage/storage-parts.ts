import type { RequestOutput } from '../../../../contract/requests/index.ts'

export type StorageReport = RequestOutput<'storage.get'>

/** The kinds of files of a project, in the order they are drawn. */
export const storageParts = ['features', 'checkpoints', 'runs', 'thumbnails', 'media'] as const
export type StoragePart = (typeof storageParts)[number]

/** Bytes of each kind of files. */
export function partBytes(report: StorageReport): Record<StoragePart, number> {
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
  const checkpoints = sum(report.runs.map(({ checkpointBytes }) => checkpointBytes))
  return {
    features: sum(report.features.map(({ bytes }) => bytes)),
    checkpoints,
    runs: sum(report.runs.map(({ bytes }) => bytes)) - checkpoints,
    thumbnails: report.thumbnailBytes + report.previewBytes,
    media: report.mediaBytes,
  }
}

/** What `storage.clear` would free of checkpoints: those of runs that have ended with a model. */
export function clearableCheckpointBytes(report: StorageReport): number {
  return report.runs.reduce(
    (sum, { isFinished, checkpointBytes }) => sum + (isFinished ? checkpointBytes : 0),
    0,
  )
}

/** Decimal gigabytes, as sizes are shown, with one digit. */
export function toGigabytes(bytes: number): number {
  return Math.round(bytes / 1e8) / 10
}

/** @returns whole bytes */
export function fromGigabytes(gigabytes: number): number {
  return Math.round(gigabytes * 1e9)
}
