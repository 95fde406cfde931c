import type { RequestOutput } from '../../contract/requests/index.ts'
import { summarizeLayers } from '../../models/shapes.ts'
import { backboneSpeeds } from '../backbones/measure.ts'
import type { CoreContext } from '../context.ts'
import { backboneOf } from '../own-backbones/own-backbones.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import { listFeatureCaches } from '../storage/feature-caches.ts'
import { foldCount } from './check-labels.ts'
import { presentLabels } from './present-labels.ts'

/** Of a backbone that was not measured: multiplications and additions a second, on two cores of the native engine. */
const operationsPerSecond = 4e10
/** Decoding and scaling a photograph is not faster than this. */
const mostImagesPerSecond = 300
const startSeconds = 1.5
/** Of fitting a head: steps of the minimiser that a fold takes, and what is multiplied and added in a second of them. */
const stepsPerFold = 80
const fitOperationsPerSecond = 1.5e10

/**
 * What a search for label errors would have to do, and about how long that takes.
 *
 * @throws AppError 'backbone-not-found'
 */
export function estimateCheck(
  context: Pick<CoreContext, 'dataDir' | 'log'>,
  project: OpenProject,
  id: string,
): RequestOutput<'labelErrors.estimate'> {
  const backbone = backboneOf(context.dataDir, id)
  const { meta } = backbone
  const labels = presentLabels(project)
  const images = labels.size
  const classes = new Set(labels.values()).size
  const cached = listFeatureCaches(project.folders.features)
    .filter(
      ({ network, boundary, inputSize, augmentation }) =>
        network === id &&
        boundary === meta.featureLayer &&
        inputSize === meta.inputSize &&
        augmentation === null,
    )
    .reduce((most, { records }) => Math.max(most, records), 0)
  const toCompute = Math.max(0, images - cached)
  const measured = backboneSpeeds(context).read()[id]?.imagesPerSecond
  const layers = summarizeLayers(backbone.build())
  const operations = layers.reduce((sum, { flops }) => sum + flops, 0)
  const width = layers.find(({ node }) => node.name === meta.featureLayer)?.outputShape.at(-1) ?? 0
  const rate = Math.min(measured ?? operationsPerSecond / operations, mostImagesPerSecond)
  // A step multiplies the features with the kernel, and the differences with the features.
  const operationsOfStep = 4 * images * width * classes
  const fitSeconds = (foldCount * stepsPerFold * operationsOfStep) / fitOperationsPerSecond
  return { images, classes, toCompute, seconds: startSeconds + toCompute / rate + fitSeconds }
}
