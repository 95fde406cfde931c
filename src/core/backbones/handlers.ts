import type { Backbone as BackboneEntity } from '../../contract/entities.ts'
import { AppError } from '../../contract/errors.ts'
import type { Backbone } from '../../models/backbone.ts'
import { backbones, findBackbone } from '../../models/catalog.ts'
import { elementCount, summarizeLayers } from '../../models/shapes.ts'
import type { CoreContext, Handlers } from '../context.ts'
import { findInstalledWeights } from './installed-weights.ts'

export function createBackbonesHandlers({
  resourcesDir,
  log,
}: Pick<CoreContext, 'resourcesDir' | 'log'>): Handlers<'backbones.list' | 'backbones.show'> {
  return {
    async 'backbones.list'() {
      return { backbones: await Promise.all(backbones.map(describe)) }
    },
    'backbones.show'({ id }) {
      const layers = summarizeLayers(findBackbone(id).build())
      return {
        id,
        layers: layers.map(({ node, outputShape, parameters }, index) => ({
          index,
          name: node.name,
          type: node.op,
          outputShape: [...outputShape],
          parameters: sum(parameters.map(({ shape }) => elementCount(shape))),
          block: node.block,
        })),
      }
    },
  }

  async function describe(backbone: Backbone): Promise<BackboneEntity> {
    const { meta } = backbone
    const layers = summarizeLayers(backbone.build())
    const featureShape = layers.find(({ node }) => node.name === meta.featureLayer)?.outputShape ?? []
    const weights = await findInstalledWeights(resourcesDir, backbone).catch((error: unknown) => {
      if (!(error instanceof AppError)) throw error
      // A damaged file is as good as none for the list; starting a run says what is wrong with it.
      log.warn({ error }, 'weights cannot be used')
      return null
    })
    return {
      id: meta.id,
      family: meta.family,
      inputSize: meta.inputSize,
      parameters: sum(layers.flatMap(({ parameters }) => parameters.map(({ shape }) => elementCount(shape)))),
      flops: sum(layers.map(({ flops }) => flops)),
      features: featureShape.at(-1) ?? 0,
      installed: weights !== null,
      source: meta.weights[0]?.origin ?? '',
      licence: meta.licence,
      paper: meta.paper,
      layers: layers.length,
      weightsSha256: weights?.sha256 ?? null,
    }
  }
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
