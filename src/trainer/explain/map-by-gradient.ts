import type { ExplainMethod } from '../../contract/explanation.ts'
import type { JobOutput } from '../../contract/jobs.ts'
import { gradCam, gradCamPlusPlus } from '../../ml/explain/class-activation-maps.ts'
import { differentiateByLayer } from '../../ml/explain/layer-gradient.ts'
import { scaleMap } from '../../ml/explain/scale-map.ts'
import type { LoadedModel } from './loaded-models.ts'
import { imagesTensor } from './read-image.ts'

const weighings = { 'grad-cam': gradCam, 'grad-cam++': gradCamPlusPlus }

/** The heat map of one image at a layer, by the layer's gradient. @param pixels uint8 `[inputSize, inputSize, 3]` */
export async function mapByGradient(
  model: LoadedModel,
  pixels: Uint8Array,
  classIndex: number,
  layer: string,
  method: Exclude<ExplainMethod, 'occlusion'>,
): Promise<JobOutput<'explain'>['map']> {
  const { graph, parameters } = model
  const image = imagesTensor(model, [pixels])
  try {
    const gradient = await differentiateByLayer({ graph, parameters, input: image, layer, classIndex })
    const { height, width } = gradient
    return { height, width, values: scaleMap(weighings[method](gradient)) }
  } finally {
    image.dispose()
  }
}
