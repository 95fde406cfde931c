import { describe, expect, test } from 'vitest'
import {
  clearableCheckpointBytes,
  fromGigabytes,
  partBytes,
  storageParts,
  toGigabytes,
  type StorageReport,
} from '../../../../src/renderer/src/pages/storage/storage-parts.ts'

const feature = {
  key: 'k',
  network: null,
  boundary: null,
  inputSize: null,
  precision: null,
  augmentation: null,
}
const report: StorageReport = {
  features: [
    { ...feature, records: 3, bytes: 400, lastUsedAt: null },
    { ...feature, records: 3, bytes: 600, lastUsedAt: 1 },
  ],
  runs: [
    { runId: 'r1', bytes: 90, checkpointBytes: 60, isFinished: true },
    { runId: 'r2', bytes: 50, checkpointBytes: 50, isFinished: false },
  ],
  thumbnailBytes: 7,
  previewBytes: 5,
  mediaBytes: 11,
  freeBytes: 1e9,
  budgets: { memoryBudgetBytes: null, diskBudgetBytes: null },
  effective: { memoryBudgetBytes: 1, diskBudgetBytes: 2 },
}

describe('what a project takes', () => {
  test('is told by kind, each byte once', () => {
    const bytes = partBytes(report)
    expect(bytes).toEqual({ features: 1000, checkpoints: 110, runs: 30, thumbnails: 12, media: 11 })
    const all = 1000 + 90 + 50 + 7 + 5 + 11
    expect(storageParts.reduce((sum, part) => sum + bytes[part], 0)).toBe(all)
  })

  test('can be cleared of the checkpoints of finished runs alone', () => {
    expect(clearableCheckpointBytes(report)).toBe(60)
  })

  test('is set in gigabytes with one digit', () => {
    expect(toGigabytes(6_342_000_000)).toBe(6.3)
    expect(fromGigabytes(6.3)).toBe(6_300_000_000)
    expect(fromGigabytes(toGigabytes(20 * 2 ** 30))).toBe(21_500_000_000)
  })
})
