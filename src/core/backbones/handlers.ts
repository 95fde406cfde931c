import type { BackboneSpeed, Backbone as BackboneEntity } from '../../contract/entities.ts'
import { AppError } from '../../contract/errors.ts'
import type { Backbone } from '../../models/backbone.ts'
import { backbones } from '../../models/catalog.ts'
import { ownBackboneOf } from '../../models/own-backbone.ts'
import { elementCount, summarizeLayers } from '../../models/shapes.ts'
import type { CoreContext, Handlers } from '../context.ts'
import { backboneOf, hasOwnBackbone, listOwnBackbones } from '../own-backbones/own-backbones.ts'
import { weightsFormatNames } from '../weights/weights-file.ts'
import { createWeightsAdditions } from './add-weights.ts'
import { createWeightsDownloads } from './download-weights.ts'
import { addedWeightsStore, type AddedWeights } from './added-weights.ts'
import { backboneSpeeds } from './measure.ts'
import { findInstalledWeights } from './installed-weights.ts'
import { publishedWeights } from './published-weights.ts'

type Context = Pick<
  CoreContext,
  'dataDir' | 'resourcesDir' | 'log' | 'publish' | 'launchWeights' | 'resolveDownload'
>

type BackbonesRequest =
  | 'backbones.list'
  | 'backbones.show'
  | 'backbones.recognize'
  | 'backbones.add'
  | 'backbones.addModel'
  | 'backbones.cancelAdd'
  | 'backbones.download'
  | 'backbones.cancelDownload'
  | 'backbones.remove'

export interface BackbonesArea {
  handlers: Handlers<BackbonesRequest>
  /** Cancels what is being fetched and added. */
  close(): Promise<void>
}

/** The backbones there are, and the weights of theirs on this machine. */
export function createBackbonesArea(context: Context): BackbonesArea {
  const { dataDir, log, publish } = context
  const store = addedWeightsStore(dataDir)
  const additions = createWeightsAdditions(context)
  const downloads = createWeightsDownloads(context, additions)
  const handlers: BackbonesArea['handlers'] = {
    async 'backbones.list'() {
      const speeds = backboneSpeeds(context).read()
      return { backbones: await Promise.all(all().map((backbone) => describe(backbone, speeds))) }
    },
    'backbones.show'({ id }) {
      const layers = summarizeLayers(backboneOf(dataDir, id).build())
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
    'backbones.recognize': ({ file }) => additions.recognize(file),
    'backbones.add': ({ id, file }) => additions.add(id, file),
    'backbones.addModel': (model) => additions.addModel(model),
    'backbones.cancelAdd'({ id }) {
      additions.cancel(id)
      return {}
    },
    'backbones.download': ({ id, source }) => downloads.download(id, source),
    'backbones.cancelDownload'({ id }) {
      downloads.cancel(id)
      return {}
    },
    'backbones.remove'({ id }) {
      // A damaged one can still be removed.
      if (!hasOwnBackbone(dataDir, id)) backboneOf(dataDir, id)
      const freedBytes = store.remove(id) + downloads.discard(id)
      if (freedBytes === 0) {
        throw new AppError(
          'weights-missing',
          `Weights of ${id} that were added are expected; there are none. What ships with Thaw cannot be removed.`,
          { backbone: id },
        )
      }
      publish('backbones.changed', { id })
      return { freedBytes }
    },
  }
  return {
    handlers,
    async close() {
      await downloads.close()
      await additions.close()
    },
  }

  /** The catalogue's, and the person's own after them. */
  function all(): Backbone[] {
    const { own, damaged } = listOwnBackbones(dataDir)
    for (const error of damaged) log.warn({ error }, 'a backbone of the person cannot be used')
    const taken = new Set(own.map(({ id }) => id))
    return [...backbones.filter(({ meta }) => !taken.has(meta.id)), ...own.map(ownBackboneOf)]
  }

  async function describe(
    backbone: Backbone,
    speeds: Readonly<Record<string, BackboneSpeed>>,
  ): Promise<BackboneEntity> {
    const { meta } = backbone
    const layers = summarizeLayers(backbone.build())
    const featureShape = layers.find(({ node }) => node.name === meta.featureLayer)?.outputShape ?? []
    const { sha256, added } = await weightsOf(backbone)
    return {
      id: meta.id,
      family: meta.family,
      inputSize: meta.inputSize,
      parameters: sum(layers.flatMap(({ parameters }) => parameters.map(({ shape }) => elementCount(shape)))),
      flops: sum(layers.map(({ flops }) => flops)),
      features: featureShape.at(-1) ?? 0,
      installed: sha256 !== null,
      source: added ? `${added.file} (${weightsFormatNames[added.format]})` : (meta.weights[0]?.origin ?? ''),
      licence: meta.licence,
      paper: meta.paper,
      layers: layers.length,
      weightsSha256: sha256,
      added: added && {
        file: added.file,
        format: added.format,
        convention: added.convention,
        bytes: added.bytes,
        hasClassifier: added.hasClassifier,
        addedAt: added.addedAt,
      },
      published: publishedWeights(dataDir, backbone),
      own: backbone.own ?? null,
      speed: speeds[meta.id] ?? null,
    }
  }

  async function weightsOf(
    backbone: Backbone,
  ): Promise<{ sha256: string | null; added: AddedWeights | null }> {
    try {
      const weights = await findInstalledWeights(context, backbone)
      return { sha256: weights?.sha256 ?? null, added: store.installed(backbone.meta.id) }
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      // A damaged file is as good as none for the list; starting a run says what is wrong with it.
      log.warn({ error }, 'weights cannot be used')
      return { sha256: null, added: null }
    }
  }
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
