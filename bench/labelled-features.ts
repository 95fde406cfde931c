import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as tf from '@tensorflow/tfjs-core'
import { installedWeights } from '../src/core/backbones/installed-weights.ts'
import { findBackbone } from '../src/models/catalog.ts'
import { truncateAt } from '../src/models/graph.ts'
import { createFrozenPart } from '../src/trainer/frozen-part.ts'
import { meanFeature, normalizedRows, projection, reducedWidth } from '../src/trainer/head/feature-rows.ts'
import { readWeights } from '../src/trainer/network.ts'
import { openRecordSource } from '../src/trainer/records/record-source.ts'
import { startEngine } from '../src/trainer/start-engine.ts'

const context = { emit: () => {}, stopRequested: () => false, cancelRequested: () => false }

/** Pictures in class folders, as suggestions see them. */
export interface LabelledFeatures {
  readonly classes: number
  readonly labels: readonly number[]
  /** `[images, width]`, as heads take them. */
  readonly features: Float32Array
  readonly width: number
  /** `[images, reducedWidth]`, as strategies take them. */
  readonly reduced: Float32Array
}

/** Reads a folder of class folders and computes the features that heads and strategies take. */
export async function readLabelledFeatures(folder: string): Promise<LabelledFeatures> {
  const entries = await readdir(folder, { withFileTypes: true })
  const names = entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : [])).sort()
  const images: { path: string; sha256: string }[] = []
  const labels: number[] = []
  for (const [label, name] of names.entries()) {
    for (const file of (await readdir(join(folder, name))).sort()) {
      const path = join(folder, name, file)
      images.push({
        path,
        sha256: createHash('sha256')
          .update(await readFile(path))
          .digest('hex'),
      })
      labels.push(label)
    }
  }
  const backbone = findBackbone('efficientnet-lite0')
  const resourcesDir = fileURLToPath(new URL('../resources', import.meta.url))
  const weights = await installedWeights({ dataDir: resourcesDir, resourcesDir }, backbone)
  const values = await readWeights(weights, backbone)
  const part = createFrozenPart({
    preprocessing: backbone.meta.preprocessing,
    graph: truncateAt(backbone.build(), backbone.meta.featureLayer),
    values: () => values,
    weightsSha256: weights.sha256,
    engine: await startEngine('auto', context),
  })
  const source = await openRecordSource(images, part, null, context)
  part.dispose()
  if (source.skipped.size > 0) throw new Error(`${source.skipped.size} pictures cannot be read.`)
  const width = part.length
  const mean = await meanFeature(source, images.length, width)
  const { input } = await source.read(images.map((_, position) => position))
  const features = normalizedRows(input, mean)
  const reduced = tf.tidy(() =>
    tf
      .matMul(
        tf.tensor2d(features, [images.length, width]),
        tf.tensor2d(projection(width), [width, reducedWidth]),
      )
      .dataSync(),
  ) as Float32Array
  return { classes: names.length, labels, features, width, reduced }
}
