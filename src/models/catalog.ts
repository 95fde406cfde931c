import { AppError } from '../contract/errors.ts'
import type { OwnBackbone } from '../contract/own-backbone.ts'
import type { Backbone } from './backbone.ts'
import { convNeXt } from './backbones/convnext.ts'
import { denseNet } from './backbones/densenet.ts'
import { efficientNetLite } from './backbones/efficientnet-lite.ts'
import { efficientNet } from './backbones/efficientnet.ts'
import { inceptionV3 } from './backbones/inception-v3.ts'
import { mobileNetV1 } from './backbones/mobilenet-v1.ts'
import { mobileNetV2 } from './backbones/mobilenet-v2.ts'
import { mobileNetV3 } from './backbones/mobilenet-v3.ts'
import { resNetKeras } from './backbones/resnet-keras.ts'
import { resNet } from './backbones/resnet.ts'
import { squeezeNet } from './backbones/squeezenet.ts'
import { vgg } from './backbones/vgg.ts'
import { xception } from './backbones/xception.ts'
import { ownBackboneOf } from './own-backbone.ts'

/** Every backbone that Thaw knows by itself, the default first. */
export const backbones: readonly Backbone[] = [
  ...efficientNetLite,
  ...efficientNet,
  ...mobileNetV1,
  ...mobileNetV2,
  ...mobileNetV3,
  ...resNet,
  ...resNetKeras,
  ...vgg,
  ...inceptionV3,
  ...denseNet,
  ...squeezeNet,
  ...xception,
  ...convNeXt,
]

/** The backbone used where none is named. */
export const defaultBackboneId = 'efficientnet-lite0'

const byId = new Map<string, Backbone>()
for (const backbone of backbones) {
  if (byId.has(backbone.meta.id)) throw new Error(`Two backbones have the id '${backbone.meta.id}'.`)
  byId.set(backbone.meta.id, backbone)
}

/**
 * The backbone of that id: the one way to it, wherever code runs.
 *
 * @param own the person's own backbones that are known here: in core those of the data folder, or of a run's; in the trainer that of the
 *   job; in the interface those of the list
 * @throws AppError 'backbone-not-found', which lists the ids there are
 */
export function findBackbone(id: string, own: readonly OwnBackbone[] = []): Backbone {
  const added = own.find((candidate) => candidate.id === id)
  // First, as what a person added stays what it is, whatever a later version of Thaw brings.
  if (added !== undefined) return ownBackboneOf(added)
  const known = byId.get(id)
  if (known !== undefined) return known
  const ids = [...own.map((candidate) => candidate.id), ...byId.keys()]
  throw new AppError('backbone-not-found', `'${id}' is not a backbone; choose one of: ${ids.join(', ')}.`, {
    id,
    ids,
  })
}
