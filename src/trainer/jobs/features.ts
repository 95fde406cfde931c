import { closeSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import type { JobInput, JobOutput } from '../../contract/jobs.ts'
import { findBackbone } from '../../models/catalog.ts'
import { float32Bytes } from '../../models/floats.ts'
import { truncateAt } from '../../models/graph.ts'
import { preprocessingOf } from '../../models/preprocessing-of.ts'
import { readManifest } from '../dataset.ts'
import { createFrozenPart } from '../frozen-part.ts'
import type { JobContext } from '../job-context.ts'
import { readWeights } from '../network.ts'
import { readInBatches } from '../records/read-in-batches.ts'
import { openRecordSource } from '../records/record-source.ts'
import { startEngine } from '../start-engine.ts'

const writeBatch = 256

/**
 * Writes the values of every image at a layer, flattened, as raw float32 rows in the manifest's order, without the images that are skipped.
 * Rows of the feature layer come from the cache that training uses; of other layers, which may be large, nothing is kept.
 *
 * @throws AppError 'layer-not-found', 'weights-missing', 'weights-invalid', 'engine-unavailable', 'cancelled'
 */
export async function features(
  input: JobInput<'features'>,
  context: JobContext,
): Promise<JobOutput<'features'>> {
  const start = performance.now()
  const { images } = await readManifest(input.manifestPath)
  const backbone = findBackbone(input.weights.backbone, input.own && [input.own])
  const layer = input.layer ?? backbone.meta.featureLayer
  const graph = truncateAt(backbone.build(), layer)
  const engine = await startEngine(input.engine, context)
  const values = await readWeights(input.weights, backbone)
  const part = createFrozenPart({
    preprocessing: preprocessingOf(backbone, input.weights.convention),
    graph,
    values: () => values,
    weightsSha256: input.weights.sha256,
    engine,
    // What is asked for by name is exact; what training keeps need not be.
    precision: 'float32',
  })
  const temporary = `${input.outPath}.${process.pid}.tmp`
  try {
    const keeps = layer === backbone.meta.featureLayer
    const cache = keeps ? input.cache : { ...input.cache, memoryBudgetBytes: 0, diskBudgetBytes: 0 }
    const source = await openRecordSource(images, part, cache, context)
    const out = openSync(temporary, 'w')
    let rowsWritten = 0
    try {
      const positions = images.map((_, position) => position)
      for await (const { rows, input: data } of readInBatches(source, positions, writeBatch, context)) {
        writeFully(out, float32Bytes(data))
        rowsWritten += rows.length
      }
    } finally {
      closeSync(out)
      source.close()
    }
    renameSync(temporary, input.outPath)
    return {
      images: rowsWritten,
      features: part.length,
      seconds: (performance.now() - start) / 1000,
      cached: source.cached,
      skipped: [...source.skipped.values()],
    }
  } finally {
    part.dispose()
    rmSync(temporary, { force: true })
  }
}

function writeFully(descriptor: number, bytes: Uint8Array): void {
  let written = 0
  while (written < bytes.length) written += writeSync(descriptor, bytes, written)
}
