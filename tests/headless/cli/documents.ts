import { z } from 'zod'

/** What `--json` of each command holds at least: written from the contract of the command line, not from the program. */
const split = z.enum(['train', 'validation', 'test'])
const sha256 = z.string().regex(/^[0-9a-f]{64}$/)
const count = z.number().int().min(0)
const share = z.number().min(0).max(1)
const seconds = z.number().min(0)
const absolutePath = z.string().startsWith('/')
const status = z.enum(['queued', 'running', 'paused', 'completed', 'stopped', 'interrupted', 'failed'])
const mode = z.enum(['scratch', 'feature-extraction', 'fine-tune', 'full'])
const engine = z.enum(['native', 'webgpu', 'wasm', 'cpu'])
const skipped = z.object({ path: z.string(), reason: z.string(), detail: z.string() })
const testResult = z.object({ loss: z.number(), accuracy: share, support: count })

const train = z.object({
  run: z.string(),
  status,
  engine,
  device: z.string(),
  backbone: z.string(),
  mode,
  trainableParameters: count,
  totalParameters: count,
  epochs: z.array(
    z.object({
      epoch: z.number().int().min(1),
      loss: z.number(),
      accuracy: share,
      valLoss: z.number(),
      valAccuracy: share,
      learningRate: z.number().positive(),
      seconds,
    }),
  ),
  test: testResult.nullable(),
  seconds: z.object({ features: seconds, training: seconds, evaluation: seconds, total: seconds }),
  peakRssBytes: z.number().int().positive(),
  datasetVersion: z.string().min(1),
  modelSha256: sha256,
})

export const documents = {
  init: z.object({ project: absolutePath, name: z.string(), schemaVersion: z.number().int().min(1) }),
  sample: z.object({ images: count, classes: count }),
  import: z
    .object({
      found: count,
      imported: count,
      duplicates: count,
      skipped: z.array(skipped),
      classes: z.array(z.object({ name: z.string(), count })),
      seconds,
    })
    .refine((report) => report.found === report.imported + report.duplicates + report.skipped.length),
  duplicates: z.object({
    groups: z.array(z.looseObject({ kind: z.enum(['exact', 'near']), images: z.array(absolutePath).min(2) })),
  }),
  stats: z.object({
    images: count,
    labelled: count,
    classes: z.array(z.object({ name: z.string(), count })),
    splits: z.object({ train: count, validation: count, test: count, none: count }),
    missing: count,
    unreadable: count,
  }),
  suspects: z.object({
    suspects: z.array(
      z.looseObject({ path: absolutePath, given: z.string(), suggested: z.string(), score: share }),
    ),
  }),
  suggest: z.object({
    images: z.array(
      z.object({ path: absolutePath, class: z.string().nullable(), probability: share.nullable() }),
    ),
  }),
  label: z.object({ applied: count, unknown: z.array(z.string()) }),
  split: z.object({ train: count, validation: count, test: count, groups: count }),
  backbones: z.object({
    backbones: z
      .array(
        z.object({
          id: z.string(),
          family: z.string(),
          inputSize: z.number().int(),
          parameters: count,
          installed: z.boolean(),
          source: z.string(),
          licence: z.string(),
          layers: count,
        }),
      )
      .min(1),
  }),
  'backbones add': z.object({
    id: z.string(),
    sha256,
    tensors: count,
    layersMatched: count,
    bytes: count,
  }),
  'backbones show': z.object({
    id: z.string(),
    layers: z
      .array(
        z.object({
          index: count,
          name: z.string(),
          type: z.string(),
          outputShape: z.array(z.number().int()),
          parameters: count,
          block: z.string(),
        }),
      )
      .min(1),
  }),
  embed: z.object({ images: count, features: count, seconds, cached: count }),
  images: z.object({
    images: z.array(
      z.object({
        id: z.number().int(),
        path: absolutePath,
        sha256,
        class: z.string().nullable(),
        split: split.nullable(),
      }),
    ),
  }),
  train,
  resume: train.extend({ resumedFromEpoch: count }),
  sweep: z.object({
    group: z.string(),
    status: z.enum(['completed', 'stopped', 'interrupted', 'failed']),
    best: z.string(),
    runs: z.array(
      z.object({
        run: z.string(),
        settings: z.string(),
        status,
        valAccuracy: share.nullable(),
        test: testResult.nullable(),
        modelSha256: sha256.nullable(),
      }),
    ),
  }),
  'train --recipe auto': train.extend({
    group: z.string(),
    tried: z
      .array(
        z.object({
          run: z.string(),
          step: z.string(),
          valAccuracy: share.nullable(),
          comparison: z.object({ b: count, c: count, p: share }).nullable(),
          better: z.boolean().nullable(),
        }),
      )
      .min(1),
    stoppedBecause: z.object({ code: z.string(), message: z.string().min(10) }),
  }),
  runs: z.object({
    runs: z.array(
      z.object({
        run: z.string(),
        name: z.string(),
        status,
        startedAt: z.iso.datetime().nullable(),
        backbone: z.string(),
        mode,
        test: testResult.nullable(),
        valAccuracy: share.nullable(),
      }),
    ),
  }),
  report: z.object({ file: absolutePath, bytes: count }),
  compare: z.object({
    settings: z.array(z.object({ key: z.string(), a: z.unknown(), b: z.unknown() })),
    metrics: z.record(z.string(), z.unknown()),
    labelChanges: z.array(z.object({ image: absolutePath, a: z.string(), b: z.string() })),
    flips: z.array(z.object({ image: absolutePath, truth: z.string(), a: z.string(), b: z.string() })),
    mcnemar: z.object({ b: count, c: count, p: share }),
  }),
  evaluate: z.object({
    loss: z.number(),
    accuracy: share,
    perClass: z.array(
      z.object({ class: z.string(), precision: share, recall: share, f1: share, support: count }),
    ),
    confusion: z.object({ labels: z.array(z.string()), matrix: z.array(z.array(count)) }),
    interval95: z.tuple([share, share]),
  }),
  predict: z.object({
    predictions: z.array(
      z.object({
        path: z.string(),
        top: z.array(z.object({ class: z.string(), probability: share })).min(1),
      }),
    ),
    skipped: z.array(skipped),
  }),
  check: z.object({
    ok: z.boolean(),
    problems: z.array(z.object({ kind: z.string(), message: z.string() })),
  }),
  doctor: z.object({
    engines: z.array(
      z.object({
        id: engine,
        available: z.boolean(),
        device: z.string().nullable(),
        version: z.string().nullable(),
        reason: z.string().nullable(),
        imagesPerSecond: z.number().nullable(),
        missing: z.array(z.object({ part: z.string(), reason: z.string() })),
      }),
    ),
    chosen: engine,
  }),
  serve: z.object({ url: z.url(), port: z.number().int() }),
}

export type DocumentName = keyof typeof documents
